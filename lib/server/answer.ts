import type { Command, CommandId } from "../protocol/command.ts";
import {
  configuredText,
  controlledText,
  doneText,
  errorText,
  pongText,
  statusText,
} from "../protocol/message.ts";
import { type FailureCode, SourceError } from "../frame/source_error.ts";
import { quote } from "../protocol/quote.ts";
import type { CameraView } from "../stream/cameras.ts";
import type { Configured } from "../stream/change_pacer.ts";
import type { Session } from "../stream/session.ts";
import type { Client } from "./sockets/client.ts";
import type { State } from "./state.ts";

/** A viewer that sends commands. */
export interface Commander {
  /** What it watches. */
  readonly session: Session;
  /** The cameras that it may see. */
  readonly cameras: CameraView;
  /** Whether it may control them. */
  readonly mayControl: boolean;
  /** What is known of its connection. */
  readonly client: Client;
  /** Bytes for it that the system has not taken yet. */
  readonly pending: number;
  /** Sends an answer. */
  send(text: string): void;
  /** Ends the connection. */
  close(code: number, reason: string): void;
  /** What a `status` command is answered with. */
  readState(): State;
  /** Has a function called when somebody has controlled a camera, as long as the viewer is there. */
  listen(onChange: () => void): void;
  /** Has all who listen told that a camera was controlled. */
  tellChange(): void;
}

/** Does what a command says, and returns the answer, if it has one. */
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

async function control(
  { camera, set, id }: Extract<Command, { type: "control" }>,
  viewer: Commander,
): Promise<string> {
  const refuse = (reason: string, code?: FailureCode): string =>
    errorText(`Cannot control: ${reason}`, { id, code });
  const { cameras, session, mayControl } = viewer;
  if (!mayControl) {
    return refuse(
      "you may only watch; it needs the token itself, or the local network without one",
    );
  }
  const name = camera ?? session.settings.camera;
  const channel = cameras.get(name);
  if (channel === undefined) {
    if (cameras.all.length === 0) return refuse("there is no camera yet");
    const rule = cameras.all.map((each) => quote(each.name)).join(", ");
    return refuse(`field 'camera' must be one of ${rule}, got ${quote(name)}`);
  }
  if (channel.control === undefined) return refuse(`camera ${quote(name)} is another machine's`);
  try {
    if (set === undefined) return controlledText(name, await channel.control.list(), id);
    const { isChanged, ...controlled } = await channel.control.set(set);
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
