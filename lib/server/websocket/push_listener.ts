import type { PusherSeat } from "../../camera/push/inlet.ts";
import {
  checkPushed,
  MAX_PUSHED_BYTES,
  MAX_PUSHED_TEXT,
  pushedFile,
  pushedText,
} from "../../camera/push/pushed_picture.ts";
import { ackText, errorText, pongText } from "../../protocol/message.ts";
import { quote } from "../../protocol/quote.ts";
import { MESSAGE_TOO_BIG, POLICY_VIOLATION } from "./close_codes.ts";
import { atMostEvery } from "../../time/at_most_every.ts";

/** One program's allowance for a second; messages beyond it are dropped unread. */
const MOST = { pictures: 150, bytes: 64 * 1024 * 1024 };
/** More dropped messages or bytes than this within a second can't be an accident. */
const FLOOD = { pictures: 500, bytes: 2 * MOST.bytes };
/** The text around a picture is short. */
const MAX_AROUND = 64 * 1024;
/** The picture in a text: base64 needs no escapes, except for an optional one before a slash. */
const DATA = /"data"\s*:\s*"([^"]*)"/;
const SECOND_MS = 1000;

export interface PushListenerOptions {
  /** Whether the program wants each picture to be acknowledged. */
  acknowledges: boolean;
  /** Sends a text to the program. */
  send: (text: string) => void;
  /** Ends the connection. */
  end: (code: number, reason: string) => void;
  /**
   * A monotonic clock in milliseconds.
   *
   * @default {performance.now}
   */
  now?: () => number;
}

/** Takes what one program pushes: passes pictures on, drops everything else, and stops a flood. */
export class PushListener {
  readonly #place: PusherSeat;
  readonly #options: Required<PushListenerOptions>;
  readonly #complain: (what: string) => void;
  /** The number of pictures so far, used or not. */
  #sequence = 0;
  /** The messages within the second that began then. */
  #second = { since: -Infinity, pictures: 0, bytes: 0, dropped: 0 };

  /** Has heard nothing yet. */
  constructor(
    place: PusherSeat,
    { now = () => performance.now(), ...options }: PushListenerOptions,
  ) {
    this.#place = place;
    this.#options = { ...options, now };
    this.#complain = atMostEvery(SECOND_MS, (what) => options.send(errorText(what)));
  }

  /** Takes a message. */
  hear(data: string | ArrayBuffer): void {
    const isText = typeof data === "string";
    const size = isText ? data.length : data.byteLength;
    if (size > (isText ? MAX_PUSHED_TEXT : MAX_PUSHED_BYTES)) {
      const most = `${MAX_PUSHED_BYTES / 2 ** 20} MiB`;
      return this.#options.end(MESSAGE_TOO_BIG, `A picture must be at most ${most}`);
    }
    const waitMs = this.#count(size);
    if (waitMs > 0) return this.#drop(waitMs);
    const fields = isText ? parseFields(data) : undefined;
    if (fields?.type === "ping") return this.#answer(fields);
    const problem = this.#take(isText ? fields : data);
    if (problem !== undefined) {
      this.#place.break();
      this.#complain(`Cannot take picture: ${problem}`);
    }
    this.#acknowledge();
  }

  /**
   * Counts a message; returns how long to wait until the next one is accepted, or 0 if there is no
   * need to.
   */
  #count(size: number): number {
    const now = this.#options.now();
    if (now - this.#second.since >= SECOND_MS) {
      this.#second = { since: now, pictures: 0, bytes: 0, dropped: 0 };
    }
    const second = this.#second;
    second.pictures++;
    second.bytes += size;
    const isTooMuch = second.pictures > MOST.pictures || second.bytes > MOST.bytes;
    return isTooMuch ? second.since + SECOND_MS - now : 0;
  }

  #drop(waitMs: number): void {
    this.#second.dropped++;
    if (this.#second.dropped > FLOOD.pictures || this.#second.bytes > FLOOD.bytes) {
      return this.#options.end(POLICY_VIOLATION, "Too many pictures");
    }
    const most = `${MOST.pictures} pictures and ${MOST.bytes / 2 ** 20} MiB a second`;
    this.#complain(`Cannot take picture: at most ${most} are accepted`);
    // A program that waits for acknowledgements never exceeds the allowance.
    if (this.#options.acknowledges) setTimeout(() => this.#acknowledge(), waitMs);
  }

  #acknowledge(): void {
    this.#sequence++;
    if (this.#options.acknowledges) this.#options.send(ackText(this.#sequence));
  }

  #answer({ id }: Readonly<Record<string, unknown>>): void {
    const isPlain = id === null || ["string", "number", "boolean"].includes(typeof id);
    this.#options.send(pongText(Date.now() / 1000, isPlain ? id as string : undefined));
  }

  /**
   * @returns what is wrong with a picture, if anything
   */
  #take(data: ArrayBuffer | Readonly<Record<string, unknown>> | undefined): string | undefined {
    const isFile = data instanceof ArrayBuffer;
    if (!isFile && data?.type !== "image") {
      const rule = "a message must be a JPEG file, or a text of type 'image' or 'ping'";
      return `${rule}, got ${quote(data?.type)}`;
    }
    const pushed = isFile ? pushedFile(data) : pushedText(data);
    if (typeof pushed === "string") return pushed;
    const picture = checkPushed(pushed, Date.now() / 1000);
    if (typeof picture === "string") return picture;
    this.#place.put(picture);
    return undefined;
  }
}

/**
 * The fields of a text. The picture is cut out first: parsing megabytes of brackets would take
 * seconds, during which everybody waits.
 */
function parseFields(text: string): Readonly<Record<string, unknown>> | undefined {
  const found = DATA.exec(text);
  const data = found?.[1]?.replaceAll("\\/", "/");
  const end = found ? found.index + found[0].length : 0;
  const around = found ? `${text.slice(0, found.index)}"data":""${text.slice(end)}` : text;
  if (around.length > MAX_AROUND) return undefined;
  try {
    const value: unknown = JSON.parse(around);
    if (typeof value !== "object" || value === null) return undefined;
    return data === undefined ? { ...value } : { ...value, data };
  } catch {
    return undefined;
  }
}
