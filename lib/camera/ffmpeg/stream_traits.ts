import { isTransportStream } from "../../ffmpeg/args/input_args.ts";
import type { FfmpegSpec } from "../source_spec.ts";

/** What ffmpeg says of a packet whose time it doesn't know, before it ends. */
const UNTIMED = /Packet is missing PTS/;
/** What it says of an option for MPEG-TS, before it ends. */
const NO_TRANSPORT = /Option scan_all_pmts not found/;

/** How a stream has to be opened, which shows when it was opened in another way. */
export class StreamTraits {
  /** Whether it is MPEG-TS, so far as is known. */
  isTransport: boolean;
  /** Whether the first of its pictures have no times. */
  isUntimed = false;

  /** What its address tells. */
  constructor(spec: FfmpegSpec) {
    this.isTransport = spec.kind === "url" && isTransportStream(spec.url);
  }

  /** Learns from what ffmpeg said when it ended; returns whether it would go otherwise now. */
  learn(words: readonly string[]): boolean {
    const says = (pattern: RegExp): boolean => words.some((line) => pattern.test(line));
    if (this.isTransport && says(NO_TRANSPORT)) {
      this.isTransport = false;
      return true;
    }
    if (this.isUntimed || !says(UNTIMED)) return false;
    this.isUntimed = true;
    return true;
  }
}
