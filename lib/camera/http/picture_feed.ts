import { Doubts } from "../../jpeg/doubts.ts";
import { shownSize } from "../../jpeg/shown_size.ts";
import { JpegStream, type StreamedJpeg } from "../../jpeg/jpeg_stream.ts";
import { wholeJpeg } from "../../jpeg/whole_jpeg.ts";
import { SourceError } from "../../frame/source_error.ts";
import { Backlog } from "../../time/backlog.ts";
import { sleep } from "../../time/sleep.ts";
import type { FedPicture } from "../jpeg_frames.ts";
import { type HttpClient, NotJpeg } from "./http_client.ts";
import { Stamps } from "./stamps.ts";

/** This is shorter than the time after which a camera counts as frozen. */
const REPEAT_MS = 2000;

export interface PictureFeedOptions {
  /** How often a picture is requested, a second, if each takes a request of its own. */
  fps: number;
  /** Ends it. */
  signal: AbortSignal;
  /** Called for each picture that isn't whole. */
  onBroken?: (() => void) | undefined;
}

/**
 * The pictures of an address, always the newest: everything is read on arrival, so that nothing
 * waits.
 */
export class PictureFeed {
  readonly #client: HttpClient;
  readonly #options: PictureFeedOptions;
  readonly #backlog = new Backlog();
  readonly #stamps = new Stamps();
  readonly #doubts = new Doubts();
  #newest: FedPicture | undefined;
  #last: { picture: FedPicture; at: number } | undefined;
  #failure: unknown;
  #hasEnded = false;
  #count = 0;
  #said: number | undefined;
  #wake = (): void => {};
  /**
   * The server's validators (ETag and the like) for the current picture, so that it sends only a
   * different one.
   */
  #validators: Record<string, string> = {};

  /** Begins to read. */
  constructor(client: HttpClient, options: PictureFeedOptions) {
    this.#client = client;
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#wake(), { once: true });
    this.#read().catch((error) => this.#failure = error).finally(() => {
      this.#hasEnded = true;
      this.#wake();
    });
  }

  /**
   * The newest picture that hasn't been returned yet; `undefined` once the signal is aborted.
   *
   * @throws {NotJpeg} if there are none
   * @throws {SourceError} when no more come
   */
  async next(): Promise<FedPicture | undefined> {
    while (!this.#options.signal.aborted) {
      const picture = this.#newest;
      this.#newest = undefined;
      if (picture) return picture;
      if (this.#hasEnded) throw this.#failure;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return undefined;
  }

  /**
   * Requests again when a response with pictures has ended, but never more often than pictures are
   * wanted.
   */
  async #read(): Promise<void> {
    const { signal, fps } = this.#options;
    while (!signal.aborted) {
      const askedAt = performance.now();
      const before = this.#count;
      const isNew = await this.#readAnswer();
      if (isNew && this.#count === before) {
        throw new SourceError("broken", `gives no whole picture (${this.#client.name})`);
      }
      await sleep(Math.max(0, askedAt + 1000 / fps - performance.now()), signal);
    }
  }

  /** Reads one response; `false` if it says that there is no new picture yet. */
  async #readAnswer(): Promise<boolean> {
    const { signal } = this.#options;
    const response = await this.#client.get({ signal, headers: this.#validators });
    if (response.status === 304) {
      this.#repeat();
      return false;
    }
    const type = response.headers.get("content-type")?.toLowerCase() ?? "";
    if (/text\/html|json|xml/.test(type)) {
      await response.body?.cancel();
      const what = `can't be shown: ${this.#client.name} is a page (${
        type.split(";")[0]
      }), no video`;
      throw new SourceError("unsupported", what);
    }
    this.#validators = validatorsOf(response.headers);
    const stamp = stampIn(`x-timestamp: ${response.headers.get("x-timestamp") ?? ""}`);
    const isSaid = /^(multipart\/|image\/p?jpe?g)/.test(type);
    await this.#readBody(response.body ?? new ReadableStream(), { isSaid, stamp });
    return true;
  }

  async #readBody(
    body: ReadableStream<Uint8Array>,
    { isSaid, stamp }: { isSaid: boolean; stamp: number | undefined },
  ): Promise<void> {
    const stream = new JpegStream();
    const reader = body.getReader();
    let begunAt = Date.now() / 1000;
    try {
      for (let isFirst = true; !this.#options.signal.aborted;) {
        const { value } = await reader.read().catch((cause) => {
          throw new SourceError("ended", `ended (${this.#client.name})`, { cause });
        });
        if (value === undefined) return;
        if (isFirst && !isSaid && !looksLikeJpeg(value)) throw new NotJpeg(value);
        isFirst = false;
        const arrived = Date.now() / 1000;
        const wasInside = stream.isInside;
        const found = stream.push(value);
        for (const [i, each] of found.entries()) {
          this.#take(each, { arrived: i === 0 && wasInside ? begunAt : arrived, stamp });
        }
        if (!wasInside || found.length > 0) begunAt = arrived;
      }
    } finally {
      await reader.cancel().catch(() => {});
    }
  }

  #take(
    { jpeg, head }: StreamedJpeg,
    { arrived, stamp }: { arrived: number; stamp: number | undefined },
  ): void {
    if (/^x-wscam-state: *failed/im.test(head)) {
      throw new SourceError("ended", `has no pictures at its origin (${this.#client.name})`);
    }
    const found = wholeJpeg(jpeg);
    const whole = found && this.#doubts.clear(found);
    const size = whole && shownSize(whole);
    this.#count++;
    if (!whole || !size) {
      this.#options.onBroken?.();
      return;
    }
    const said = stampIn(head) ?? stamp;
    // A time that never changes is not a capture time.
    const time = said === this.#said ? undefined : said;
    this.#said = said;
    const isLate = this.#backlog.isLate(performance.now() / 1000, time);
    const timestamp = time === undefined ? arrived : this.#stamps.take(time, arrived);
    if (isLate) return;
    this.#give({ jpeg: whole, ...size, timestamp });
  }

  /**
   * A picture that the server has no newer one for is repeated now and then: its camera isn't
   * frozen.
   */
  #repeat(): void {
    if (this.#last && performance.now() - this.#last.at > REPEAT_MS) this.#give(this.#last.picture);
  }

  #give(picture: FedPicture): void {
    this.#newest = picture;
    this.#last = { picture, at: performance.now() };
    this.#wake();
  }
}

/**
 * Whether bytes are the beginning of a picture, or of a stream of pictures without a content type.
 */
function looksLikeJpeg(bytes: Uint8Array): boolean {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 256));
  return text.startsWith("\xff\xd8\xff") || /^\s*(--|content-type: *image\/)/i.test(text);
}

/**
 * The capture time of a picture according to its headers, in seconds; whole seconds are too coarse
 * to use.
 */
function stampIn(headers: string): number | undefined {
  const [, digits] = headers.match(/^x-timestamp: *(\d{1,12}\.\d{2,9})\s*$/im) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function validatorsOf(headers: Headers): Record<string, string> {
  const etag = headers.get("etag");
  const modified = headers.get("last-modified");
  return {
    ...etag === null ? {} : { "if-none-match": etag },
    ...modified === null ? {} : { "if-modified-since": modified },
  };
}
