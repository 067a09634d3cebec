import { MAX_COMMAND_BYTES, parseCommand } from "../../protocol/command.ts";
import { errorText, statusText } from "../../protocol/message.ts";
import { answerTo, type Commander } from "./answer.ts";
import { MESSAGE_TOO_BIG, POLICY_VIOLATION } from "./close_codes.ts";
import { CommandRate, SUSTAINED } from "./command_rate.ts";
import { createGoodbye } from "./goodbye.ts";
import { Malformed } from "./malformed.ts";

/** Answers that a viewer doesn't read are dropped beyond this size, in bytes. */
const MAX_PENDING_ANSWERS = 256 * 1024;
const TOO_FAST = `Cannot read commands: they must be at most ${SUSTAINED} a second`;

/**
 * Answers a viewer's commands, and disconnects a client that sends nonsense, too much or too often.
 */
export class CommandListener {
  readonly #viewer: Commander;
  readonly #rate: CommandRate;
  readonly #malformed: Malformed;
  readonly #goodbye: ReturnType<typeof createGoodbye>;

  /**
   * @param now a monotonic clock in milliseconds
   */
  constructor(viewer: Commander, now: () => number = () => performance.now()) {
    this.#viewer = viewer;
    const { floods, address } = viewer;
    this.#rate = new CommandRate({
      exceeds: (count) => floods.exceeds(address, count),
      isWary: floods.isNoted(address),
      now,
    });
    this.#malformed = new Malformed(now);
    this.#goodbye = createGoodbye({
      close: (code, reason) => viewer.close(code, reason),
      cut: () => viewer.cut(),
    });
  }

  /** Takes a message, and answers it if it has an answer. */
  hear(data: unknown): void {
    const bytes = byteLength(data);
    this.#viewer.facts.hear(bytes);
    if (this.#goodbye.isDue) return this.#goodbye.putOff(bytes);
    if (bytes > MAX_COMMAND_BYTES) {
      return this.#goodbye.say(MESSAGE_TOO_BIG, "A command must be at most 64 KiB");
    }
    const fate = this.#rate.next(bytes);
    if (fate === "flood") this.#flood();
    else if (fate === "told") this.#viewer.send(errorText(TOO_FAST));
    if (fate !== "read") return;
    this.#answer(data);
    this.#rate.answered();
  }

  /** Says nothing more. */
  close(): void {
    this.#goodbye[Symbol.dispose]();
  }

  #flood(): void {
    const { floods, address } = this.#viewer;
    floods.note(address);
    this.#goodbye.say(POLICY_VIOLATION, "Too many commands");
  }

  #answer(data: unknown): void {
    const parsed = parseCommand(data);
    if (!parsed.ok && this.#malformed.count()) {
      const reason = "Ten malformed commands within ten seconds";
      return this.#goodbye.say(POLICY_VIOLATION, reason);
    }
    // The heartbeat of a client that knows no commands is answered once.
    if (!parsed.ok && parsed.isNoise && !this.#malformed.isNews(data)) return;
    // A client that doesn't read can't use a command's answer.
    const isIdle = !parsed.ok || ["ping", "status"].includes(parsed.command.type);
    if (isIdle && this.#isFull) return;
    if (!parsed.ok) return this.#reply(errorText(parsed.message, { id: parsed.id }));
    const { command } = parsed;
    if (command.type === "status") this.#viewer.listen(() => this.#tellState());
    const text = answerTo(command, this.#viewer);
    if (text instanceof Promise) text.then((text) => this.#reply(text));
    else if (text !== undefined) this.#reply(text);
  }

  get #isFull(): boolean {
    return this.#viewer.pending > MAX_PENDING_ANSWERS;
  }

  #reply(text: string): void {
    if (!this.#isFull) this.#viewer.send(text);
  }

  #tellState(): void {
    if (!this.#isFull) this.#viewer.send(statusText(this.#viewer.readState()));
  }
}

function byteLength(data: unknown): number {
  if (data instanceof ArrayBuffer) return data.byteLength;
  if (typeof data !== "string") return 0;
  // In UTF-8, a string's character takes at most 3 bytes: few messages have to be counted.
  if (data.length * 3 <= MAX_COMMAND_BYTES || data.length > MAX_COMMAND_BYTES) return data.length;
  return new TextEncoder().encode(data).length;
}
