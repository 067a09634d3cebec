import { MAX_COMMAND_BYTES, parseCommand } from "../protocol/command.ts";
import { errorText, statusText } from "../protocol/message.ts";
import type { CameraView } from "../stream/cameras.ts";
import type { Session } from "../stream/session.ts";
import type { Link } from "../stream/viewer.ts";
import { answerTo } from "./answer.ts";
import type { Client } from "./sockets/client.ts";
import { CommandRate, SUSTAINED } from "./command_rate.ts";
import { createGoodbye } from "./goodbye.ts";
import { Malformed } from "./malformed.ts";
import type { State } from "./state.ts";

/** WebSocket close codes (RFC 6455, 7.4.1). */
const POLICY_VIOLATION = 1008;
const MESSAGE_TOO_BIG = 1009;

/** Answers that a viewer doesn't read are dropped beyond this, in bytes. */
const MAX_PENDING_ANSWERS = 256 * 1024;
const TOO_FAST = `Cannot read commands: they must be at most ${SUSTAINED} a second`;

/** Options of {@linkcode createCommandListener}. */
export interface CommandListenerOptions {
  /** The cameras that the viewer may see. */
  cameras: CameraView;
  /** The viewer. */
  session: Session;
  /** Whether it may control cameras. */
  mayControl: boolean;
  /** What is known of the connection; kept up to date here. */
  client: Client;
  /** Who is told when a camera was controlled; kept up to date here. */
  curious: Set<() => void>;
  /** What a `status` command is answered with. */
  readState: () => State;
  /** Where answers go. */
  link: Pick<Link, "pending" | "send">;
  /** Ends the connection. */
  close: (code: number, reason: string) => void;
  /** Clock in milliseconds that never jumps. @default {performance.now} */
  now?: () => number;
}

/** Reads what a viewer sends, until it is disposed of. */
export interface CommandListener extends Disposable {
  /** Takes a message, and answers it where it has an answer. */
  hear(data: unknown): void;
}

/** Answers a viewer's commands, and ends the connection of a client that sends nonsense too fast, too much or too often. */
export function createCommandListener(options: CommandListenerOptions): CommandListener {
  const { client, curious, readState, link } = options;
  const rate = new CommandRate(options.now);
  const malformed = new Malformed(options.now);
  const goodbye = createGoodbye(options.close);
  const isFull = (): boolean => link.pending > MAX_PENDING_ANSWERS;
  const reply = (answer: string): void => {
    if (!isFull()) link.send(answer);
  };
  const tellState = (): void => {
    if (!isFull()) link.send(statusText(readState()));
  };
  const answering = {
    ...options,
    onAsked: () => void curious.add(tellState),
    onControlled: () => curious.forEach((tell) => tell()),
  };
  const answer = (data: unknown): void => {
    const parsed = parseCommand(data);
    if (!parsed.ok && malformed.count()) {
      return goodbye.say(POLICY_VIOLATION, "Ten messages within ten seconds were no commands");
    }
    // A heartbeat of a client that knows no commands is answered once.
    if (!parsed.ok && parsed.isNoise && !malformed.isNews(data)) return;
    // What changes nothing but to be answered is of no use to who doesn't read.
    const isIdle = !parsed.ok || ["ping", "status"].includes(parsed.command.type);
    if (isIdle && isFull()) return;
    const text = parsed.ok
      ? answerTo(parsed.command, answering)
      : errorText(parsed.message, { id: parsed.id });
    if (text instanceof Promise) text.then(reply);
    else if (text !== undefined) reply(text);
  };
  return {
    hear(data) {
      if (goodbye.isDue) return goodbye.putOff();
      const bytes = byteLength(data);
      client.hear(bytes);
      if (bytes > MAX_COMMAND_BYTES) {
        return goodbye.say(MESSAGE_TOO_BIG, "A command must be at most 64 KiB");
      }
      const fate = rate.next();
      if (fate === "flood") goodbye.say(POLICY_VIOLATION, "Too many commands");
      else if (fate === "told") link.send(errorText(TOO_FAST));
      else if (fate === "read") answer(data);
    },
    [Symbol.dispose]() {
      goodbye[Symbol.dispose]();
      curious.delete(tellState);
    },
  };
}

function byteLength(data: unknown): number {
  if (data instanceof ArrayBuffer) return data.byteLength;
  if (typeof data !== "string") return 0;
  // In UTF-8 a character of a string takes 3 bytes at most: few must be counted.
  if (data.length * 3 <= MAX_COMMAND_BYTES || data.length > MAX_COMMAND_BYTES) return data.length;
  return new TextEncoder().encode(data).length;
}
