import type { Command, CommandId } from "../../protocol/command.ts";
import {
  configuredText,
  controlledText,
  doneText,
  errorText,
  pongText,
  statusText,
} from "../../protocol/message.ts";
import { type FailureCode, SourceError } from "../../frame/source_error.ts";
import { quote } from "../../protocol/quote.ts";
import { type CameraView, unknownCamera } from "../../stream/cameras.ts";
import type { Configured } from "../../stream/viewer/change_pacer.ts";
import type { ServedCamera } from "../../stream/served_camera.ts";
import type { Floods } from "../sockets/floods.ts";
import type { Session } from "../../stream/viewer/session.ts";
import type { Annotator } from "./annotator.ts";
import type { ConnectionFacts } from "../sockets/connection_facts.ts";
import type { State } from "../state.ts";

/** A viewer that sends commands. */
export interface Commander {
  /** The viewer's session. */
  readonly session: Session;
  /** The cameras that it may see. */
  readonly cameras: CameraView;
  /** Whether it may control them. */
  readonly mayControl: boolean;
  /** Takes its annotations. */
  readonly annotator: Annotator;
  /** Facts about its connection. */
  readonly facts: ConnectionFacts;
  /** Bytes for it that the system has not accepted yet. */
  readonly pending: number;
  /** Sends an answer. */
  send(text: string): void;
  /** Ends the connection. */
  close(code: number, reason: string): void;
  /** Ends it at once because it is flooding. */
  cut(): void;
  /** Its address: "192.0.2.5:51234". */
  readonly address: string;
  /** Knows which addresses sent floods. */
  readonly floods: Floods;
  /** Produces the answer to a `status` command. */
  readState(): State;
  /** Registers a function for when somebody has controlled a camera, while the viewer is there. */
  listen(onChange: () => void): void;
  /** Tells all listeners that a camera was controlled. */
  tellChange(): void;
}

/** Executes a command, and returns the answer, if it has one. */
export function answerTo(
  command: Command,
  viewer: Commander,
): string | undefined | Promise<string> {
  const { type, id } = command;
  const { session } = viewer;
  switch (type) {
    case "ping":
      return pongText(Date.now() / 1000, id);
    case "status":
      return statusText(viewer.readState(), id);
    case "ack":
      session.acknowledge(command.sequence);
      return undefined;
    case "annotate":
      return annotate(command, viewer);
    case "pause":
      session.pause();
      return doneText("paused", id);
    case "resume":
      return told(session.resume(), "resume", () => doneText("resumed", id), id);
    case "configure": {
      const configured = session.configure(command.settings);
      return told(configured, "configure", (settings) => configuredText(settings, id), id);
    }
    case "control":
      return control(command, viewer);
  }
}

const WATCH_ONLY =
  "you may only watch; this needs the token or, where there is none, the local network";

function annotate(
  { camera, annotation, id }: Extract<Command, { type: "annotate" }>,
  viewer: Commander,
): string | undefined {
  const served = controlled(camera, viewer);
  const problem = typeof served === "string"
    ? served
    : viewer.annotator.annotate(annotation, served);
  if (problem !== undefined) return errorText(`Cannot annotate: ${problem}`, { id });
  // Annotations are as frequent as pictures: a viewer that wants answers to them asks for it.
  return id === undefined ? undefined : doneText("annotated", id);
}

/** The camera that a command is for, if its sender may change it; or why not. */
function controlled(camera: string | undefined, viewer: Commander): ServedCamera | string {
  const { cameras, session, mayControl } = viewer;
  if (!mayControl) return WATCH_ONLY;
  const name = camera ?? session.settings.camera;
  const served = cameras.get(name);
  if (served !== undefined) return served;
  return cameras.all.length === 0 ? "there is no camera yet" : unknownCamera(cameras, name);
}

async function control(
  { camera, set, id }: Extract<Command, { type: "control" }>,
  viewer: Commander,
): Promise<string> {
  const refuse = (reason: string, code?: FailureCode): string =>
    errorText(`Cannot control: ${reason}`, { id, code });
  const served = controlled(camera, viewer);
  if (typeof served === "string") return refuse(served);
  const { name } = served;
  if (served.control === undefined) {
    return refuse(`camera ${quote(name)} belongs to another machine`);
  }
  try {
    if (set === undefined) return controlledText(name, await served.control.list(), id);
    const { isChanged, ...controlled } = await served.control.set(set);
    if (isChanged) viewer.tellChange();
    return controlledText(name, controlled, id);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof RangeError) return refuse(reason);
    const code = error instanceof SourceError ? error.code : "failed";
    return refuse(`camera ${quote(name)} ${reason}`, code);
  }
}

function told(
  configured: Configured | Promise<Configured>,
  what: string,
  answer: (settings: Extract<Configured, { ok: true }>["settings"]) => string,
  id: CommandId | undefined,
): string | Promise<string> {
  if (configured instanceof Promise) {
    return configured.then((each) => told(each, what, answer, id));
  }
  if (configured.ok) return answer(configured.settings);
  return errorText(`Cannot ${what}: ${configured.message}`, { id });
}
