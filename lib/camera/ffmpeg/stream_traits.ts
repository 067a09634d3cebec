import { isTransportStream } from "../../ffmpeg/args/input_args.ts";
import type { FfmpegSpec } from "../source_spec.ts";

/** The words of ffmpeg about a packet whose time it doesn't know, before it ends. */
const UNTIMED = /Packet is missing PTS/;
/** Its words about an option for MPEG-TS, before it ends. */
const NO_TRANSPORT = /Option scan_all_pmts not found/;

/** Its words about pictures that FLV can't hold, before it ends. */
const NO_FLV = /Could not write header/;
/** Addresses of cameras, most of which deliver H.264. */
const LIVE = /^(rtsps?|rtmps?):/i;

/** How a stream has to be opened, which shows when it was opened in another way. */
export class StreamTraits {
  /** Whether it is MPEG-TS, so far as is known. */
  isTransport: boolean;
  /** Whether the first of its pictures have no times. */
  isUntimed = false;

  /** Whether it is worth a try to pass it on as H.264 before it was asked what it is. */
  mayBeH264: boolean;

  /** The facts that its address tells. */
  constructor(spec: FfmpegSpec) {
    this.isTransport = spec.kind === "url" && isTransportStream(spec.url);
    this.mayBeH264 = this.isTransport || spec.kind === "url" && LIVE.test(spec.url);
  }

  /** It was seen to be MPEG-TS. */
  see(): void {
    if (!this.isTransport) this.isTransport = this.mayBeH264 = true;
  }

  /** Learns from what ffmpeg said when it ended before the first picture; returns whether it is to be opened otherwise. */
  learn(words: readonly string[]): boolean {
    const says = (pattern: RegExp): boolean => words.some((line) => pattern.test(line));
    if (says(NO_FLV)) this.mayBeH264 = false;
    if (this.isTransport && says(NO_TRANSPORT)) {
      this.isTransport = false;
      return true;
    }
    if (this.isUntimed || !says(UNTIMED)) return false;
    this.isUntimed = true;
    return true;
  }
}
