import type { Command } from "../protocol/command.ts";
import { configuredText, doneText, errorText, pongText, statusText } from "../protocol/message.ts";
import type { Configured, Session } from "../stream/session.ts";
import type { State } from "./state.ts";

/** What commands act on. */
export interface AnswerOptions {
  /** The viewer who sent it. */
  session: Session;
  /** What a `status` command is answered with. */
  readState: () => State;
}

/** Does what a command says, and returns the answer, if it has one. */
export function answerTo(
  command: Command,
  { session, readState }: AnswerOptions,
): string | undefined {
  const { type, id } = command;
  switch (type) {
    case "ping":
      return pongText(Date.now() / 1000, id);
    case "status":
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
  }
}

function told(
  configured: Configured,
  what: string,
  answer: (settings: Extract<Configured, { ok: true }>["settings"]) => string,
  id: Command["id"],
): string {
  if (configured.ok) return answer(configured.settings);
  return errorText(`Cannot ${what}: ${configured.message}`, id);
}
