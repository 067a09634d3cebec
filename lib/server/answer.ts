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
import type { Configured, Session } from "../stream/session.ts";
import type { State } from "./state.ts";

/** What commands act on. */
export interface AnswerOptions {
  /** The cameras that the viewer may see. */
  cameras: CameraView;
  /** The viewer who sent it. */
  session: Session;
  /** Whether the viewer may control cameras. */
  mayControl: boolean;
  /** What a `status` command is answered with. */
  readState: () => State;
  /** Called when the viewer has asked for the state: it hears of changes from now on. */
  onAsked: () => void;
  /** Called when a camera was controlled. */
  onControlled: () => void;
}

/** Does what a command says, and returns the answer, if it has one. */
export function answerTo(
  command: Command,
  options: AnswerOptions,
): string | undefined | Promise<string> {
  const { type, id } = command;
  const { session, readState } = options;
  switch (type) {
    case "ping":
      return pongText(Date.now() / 1000, id);
    case "status":
      options.onAsked();
      return statusText(readState(), id);
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
      return control(command, options);
  }
}

async function control(
  { camera, set, id }: Extract<Command, { type: "control" }>,
  { cameras, session, mayControl, onControlled }: AnswerOptions,
): Promise<string> {
  const refuse = (reason: string, code?: FailureCode): string =>
    errorText(`Cannot control: ${reason}`, { id, code });
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
    const controlled =
      await (set === undefined ? channel.control.list() : channel.control.set(set));
    if (set !== undefined) onControlled();
    return controlledText(name, controlled, id);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof RangeError) return refuse(reason);
    const code = error instanceof SourceError ? error.code : "failed";
    return refuse(`camera ${quote(name)} ${reason}`, code);
  }
}

function told(
  configured: Configured,
  what: string,
  answer: (settings: Extract<Configured, { ok: true }>["settings"]) => string,
  id: CommandId | undefined,
): string {
  if (configured.ok) return answer(configured.settings);
  return errorText(`Cannot ${what}: ${configured.message}`, { id });
}
