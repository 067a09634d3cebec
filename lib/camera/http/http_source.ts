import type { Capture } from "../../frame/capture.ts";
import type { Frame } from "../../frame/frame.ts";
import { choosePlan } from "../../ffmpeg/mode/plan.ts";
import { SourceError } from "../../frame/source_error.ts";
import { jpegFrames } from "../jpeg_frames.ts";
import type { Reading, Source } from "../source.ts";
import { fingerprintOf } from "../address.ts";
import { isPlaylist, isVideoName } from "../../ffmpeg/args/whitelist.ts";
import type { AddressSpec } from "../ffmpeg/ffmpeg_spec.ts";
import { FfmpegSource } from "../ffmpeg/ffmpeg_source.ts";
import { HttpClient, NotJpeg } from "./http_client.ts";
import { PictureFeed } from "./picture_feed.ts";

export interface HttpSourceOptions {
  /** The ffmpeg to run. */
  ffmpeg: string;
  /** Reads an address that turns out to deliver something other than JPEG. */
  other: FfmpegSource;
}

/** Opens an address: here if it may deliver JPEG, otherwise through ffmpeg. */
export function openAddress(
  spec: AddressSpec,
  capture: Capture,
  options: { ffmpeg: string },
): Source {
  const { url } = spec;
  const other = new FfmpegSource(spec, capture, options);
  const isVideo = isPlaylist(url) || isVideoName(url);
  const mayBeJpeg = /^https?:/i.test(url) && (!isVideo || fingerprintOf(url) !== undefined);
  return mayBeJpeg ? new HttpSource(url, capture, { ...options, other }) : other;
}

/**
 * JPEG pictures over HTTP: as one stream of any kind, or requested one by one. wscam reads them
 * itself: ffmpeg would number them instead of telling when they were taken, and would let them wait
 * in its socket. ffmpeg only decodes those that have to be encoded again.
 */
export class HttpSource implements Source {
  readonly askMs: number;
  readonly openMs: number;
  readonly #url: string;
  readonly #capture: Capture;
  readonly #options: HttpSourceOptions;
  #isOther = false;

  constructor(url: string, capture: Capture, options: HttpSourceOptions) {
    this.#url = url;
    this.#capture = capture;
    this.#options = options;
    this.askMs = options.other.askMs;
    this.openMs = options.other.openMs;
  }

  /** See {@linkcode Source.frames}. */
  async *frames(reading: Reading): AsyncGenerator<Frame, void> {
    const { other } = this.#options;
    if (!this.#isOther) {
      try {
        return yield* this.#pictures(reading);
      } catch (error) {
        if (!(error instanceof NotJpeg)) throw error;
        if (error.isTransport) other.takeForTransport();
        if (fingerprintOf(this.#url) !== undefined) {
          throw new SourceError(
            "unsupported",
            "can't be shown: it sends video, and ffmpeg, which reads that, doesn't check certificates; " +
              "leave '#fingerprint' out to accept that",
          );
        }
      }
    }
    // It may be another camera next time.
    this.#isOther = false;
    for await (const frame of other.frames(reading)) {
      this.#isOther = true;
      yield frame;
    }
  }

  async *#pictures(reading: Reading): AsyncGenerator<Frame, void> {
    // A reader that stops taking frames doesn't abort the signal.
    const over = new AbortController();
    const signal = AbortSignal.any([reading.signal, over.signal]);
    const { fps } = this.#capture;
    using client = new HttpClient(this.#url);
    const feed = new PictureFeed(client, { fps, signal, onBroken: reading.onBroken });
    try {
      yield* jpegFrames(() => feed.next(), {
        reading,
        capture: this.#capture,
        ffmpeg: this.#options.ffmpeg,
        plan: ({ width, height }) => {
          const modes = [{ format: "mjpeg", width, height, fps: [] }];
          return choosePlan(this.#capture, { modes, resolution: { width, height } });
        },
      });
    } finally {
      over.abort();
    }
  }
}
