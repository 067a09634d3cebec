import { isTransportStream } from "../../ffmpeg/args/input_args.ts";
import type { FfmpegSpec } from "./ffmpeg_spec.ts";

/** ffmpeg's last words over a packet without a time. */
const UNTIMED = /Packet is missing PTS/;
/** Its last words over an option for MPEG-TS. */
const NO_TRANSPORT = /Option scan_all_pmts not found/;

/** Its last words over pictures that FLV can't hold. */
const NO_FLV = /Could not write header/;
/** Schemes of camera addresses; most of these cameras deliver H.264. */
const LIVE = /^(rtsps?|rtmps?):/i;

/** How a stream has to be opened. A wrong way of opening it reveals the right one. */
export class StreamTraits {
  /** Whether it is known to be MPEG-TS. */
  isTransport: boolean;
  /** Whether its first pictures have no times. */
  isUntimed = false;

  /** Whether to try passing it on as H.264 without querying it first. */
  mayBeH264: boolean;

  /** The facts that its address reveals. */
  constructor(spec: FfmpegSpec) {
    this.isTransport = spec.kind === "url" && isTransportStream(spec.url);
    this.mayBeH264 = this.isTransport || spec.kind === "url" && LIVE.test(spec.url);
  }

  /** It turned out to be MPEG-TS. */
  takeForTransport(): void {
    if (!this.isTransport) this.isTransport = this.mayBeH264 = true;
  }

  /**
   * Learns from what ffmpeg printed when it ended before the first picture; returns whether to open
   * the stream in another way.
   */
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
