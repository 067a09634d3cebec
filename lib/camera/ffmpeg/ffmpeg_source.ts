import type { Capture } from "../../frame/capture.ts";
import { askModes } from "../device/ask_modes.ts";
import { readBordered } from "../../ffmpeg/output/bordered.ts";
import { checkedFrames } from "./checked_frames.ts";
import { Child, HUNG_GRACE_MS } from "../../ffmpeg/child.ts";
import { listDevices } from "../device/devices.ts";
import { isDropped } from "../../ffmpeg/damage.ts";
import { Doubts } from "../../jpeg/doubts.ts";
import { Trial } from "./trial.ts";
import { explain } from "./explain.ts";
import { findInput } from "./find_input.ts";
import { describeUnreadable } from "../device/offered_modes.ts";
import { cameraOs, type FfmpegInput } from "../../ffmpeg/input.ts";
import { ffmpegArgs, passArgs, unitArgs } from "../../ffmpeg/args/ffmpeg_args.ts";
import { type FfmpegVersion, ffmpegVersion } from "../../ffmpeg/ffmpeg_version.ts";
import type { CodedPicture } from "../../frame/coded_picture.ts";
import type { Frame } from "../../frame/frame.ts";
import type { Fault } from "../../jpeg/whole_jpeg.ts";
import type { Mode } from "../../ffmpeg/mode/modes.ts";
import { readMpjpeg } from "../../ffmpeg/output/mpjpeg.ts";
import { SizeChange } from "../../ffmpeg/output/own_size.ts";

import { passVideo } from "./pass_video.ts";
import { Reopening } from "./reopening.ts";
import { choosePlan, isPassable, type Plan } from "../../ffmpeg/mode/plan.ts";
import type { Size } from "../../protocol/kind.ts";
import { SourceError } from "../../frame/source_error.ts";
import { sleep } from "../../time/sleep.ts";
import { type FramesOptions, FROZEN, type Source } from "../source.ts";
import type { FfmpegSpec } from "../source_spec.ts";

/** Three programs are asked, and on Windows each is looked through for viruses first. */
const ASK_MS = 20_000;
/**
 * A stream is asked what it is, then opened, and may begin with a key frame only seconds later; so may a
 * camera that sends H.264, and others wake up slowly.
 */
const OPEN_MS = 20_000;

/** Some files have a picture every minute, and none hangs. */
const FILE_GAP_MS = 300_000;
/** A file that ends sooner than this, in milliseconds, isn't started again at once. */
const LEAST_LOOP_MS = 1000;
/** A camera whose pictures change their size more often than this isn't opened anew each time. */
const SELDOM_MS = 60_000;

/** A camera, an address or a file, read through an ffmpeg of its own: `options` says through which. */
export function createFfmpegSource(
  spec: FfmpegSpec,
  capture: Capture,
  options: { ffmpeg: string },
): Source {
  const source = new FfmpegSource(spec, capture, options);
  const frames = (each: FramesOptions) => source.frames(each);
  const gap = spec.kind === "file" ? { gapMs: FILE_GAP_MS } : {};
  return { frames, askMs: ASK_MS, openMs: OPEN_MS, ...gap };
}

const TOO_OLD = "has pictures of several sizes, which ffmpeg before 4.4 can't keep: update it";

/** Facts about an input, which hold while it works. */
interface Known {
  version: FfmpegVersion;
  /** The modes that it offers; nothing while they weren't learnt. */
  modes: readonly Mode[] | undefined;
  /** The size that a camera is asked for, or that a stream has. */
  resolution: Size;
  /** The size of the frames that it has delivered. */
  delivered?: Size;
  /** Whether its JPEG was seen not to be whole. */
  isDamaged?: boolean;
  /** Whether its pictures were seen to change their size again and again. */
  isChanging?: boolean;
}

class FfmpegSource {
  readonly #spec: FfmpegSpec;
  readonly #capture: Capture;
  readonly #ffmpeg: string;
  #known: Known | undefined;
  readonly #reopening = new Reopening();
  #sizeChangedAt = -Infinity;

  constructor(
    spec: FfmpegSpec,
    capture: Capture,
    { ffmpeg }: { ffmpeg: string },
  ) {
    this.#spec = spec;
    this.#capture = capture;
    this.#ffmpeg = ffmpeg;
  }

  async *frames(options: FramesOptions): AsyncGenerator<Frame, void> {
    const { signal } = options;
    const ffmpeg = this.#ffmpeg;
    const os = cameraOs();
    const version = this.#known?.version ?? await ffmpegVersion(ffmpeg, signal);
    if (signal.aborted) return;
    const input = await findInput(this.#spec, {
      os,
      devices: () => listDevices(ffmpeg, os, signal),
    });
    if (signal.aborted) return;
    let known = this.#known ?? await this.#ask(input, { version, signal });
    // After a failure before its first frame, this may be another camera.
    this.#known = undefined;
    const isWanted = options.video?.isWanted() ?? false;
    let plan = this.#plan(known, isWanted);
    // Once: a camera whose size depends on the plan would have it changed for ever.
    for (let mayChange = true; !signal.aborted; mayChange = false) {
      options.onPlan?.(plan);
      const change = yield* this.#run(input, { ...options, known, plan, mayChange });
      if (change === undefined) return;
      plan = change;
      known = this.#known ?? known;
    }
  }

  async #ask(
    input: FfmpegInput,
    { version, signal }: { version: FfmpegVersion; signal: AbortSignal },
  ): Promise<Known> {
    const ffmpeg = this.#ffmpeg;
    const { encoder, resolution } = this.#capture;
    // The encoder is settled, and a stream delivers the size that it has, whatever we know.
    const isSettled = input.kind !== "device" && encoder !== "auto" && encoder !== "copy";
    const modes = isSettled ? [] : await askModes(input, { ffmpeg, os: cameraOs(), signal });
    if (input.kind === "device") return { version, modes, resolution };
    const [only] = modes ?? [];
    return { version, modes: modes ?? [], resolution: only ?? resolution };
  }

  #plan(known: Known, isVideoWanted = false): Plan {
    const plan = choosePlan(this.#capture, known);
    const isPassed = isPassable(this.#capture, known.modes ?? [], plan);
    if (isPassed) plan.video = isVideoWanted ? "passed" : "possible";
    const { modes = [] } = known;
    if (modes.length > 0 && plan.mode === undefined) {
      throw new SourceError("mode", describeUnreadable(modes));
    }
    if (plan.encoder === "copy" && modes.length > 0 && !plan.mjpeg) {
      throw new SourceError(
        "mode",
        "delivers no JPEG of its own, which '--encoder copy' needs; leave it out",
      );
    }
    return plan;
  }

  /** Runs ffmpeg until it ends. Returns another plan if the first frame asks for one. */
  async *#run(
    input: FfmpegInput,
    { known, plan, mayChange, ...options }: FramesOptions & {
      known: Known;
      plan: Plan;
      mayChange: boolean;
    },
  ): AsyncGenerator<Frame, Plan | undefined> {
    const { version } = known;
    const passed = plan.video === "passed" ? options.video : undefined;
    const asked = { ...this.#capture, ...plan, os: cameraOs(), version };
    const isOwn = plan.encoder === "copy";
    const isChecked = input.kind === "device" && plan.mjpeg && !isOwn && !known.isDamaged;
    const args = passed
      ? passArgs(input, asked)
      : ffmpegArgs(input, isChecked ? { ...asked, encoder: "copy" } : asked);
    const mayEnd = mayChange && (isChecked || isOwn && this.#capture.encoder === "auto");
    const trial = new Trial({ ...options, mayEnd });
    const live = input.kind === "url" ? this.#reopening.begin(() => child.close(0)) : undefined;
    const size = new SizeChange(() => child.close(0));
    await using child = new Child(this.#ffmpeg, args, {
      onLine: (line) => {
        if (isDropped(line)) trial.breaks();
        return size.take(line) || (live?.times.take(line) ?? false);
      },
    });
    let frames = 0;
    const began = performance.now();
    const isRaw = plan.encoder === "imagescript";
    const read = isRaw ? readBordered : readMpjpeg;
    const reading = {
      pool: options.pool,
      signal: trial.signal,
      onBroken: (fault: Fault) => trial.breaks(fault),
      ...(isOwn ? { doubts: new Doubts() } : {}),
      stamp: live && ((arrived: number) => live.times.stamp(arrived)),
    };
    if (passed) {
      const { pool } = options;
      const args = unitArgs({ ...this.#capture, encoder: plan.encoder, version });
      const decoding = { ffmpeg: this.#ffmpeg, args, isRaw, pool, signal: trial.signal };
      const onPicture = (picture: CodedPicture): void => {
        if (frames++ === 0) live?.opened();
        if (known.modes !== undefined) this.#known = known;
        passed.onPicture(picture);
      };
      yield* passVideo(child.stdout, { ...decoding, video: { ...passed, onPicture } });
    }
    const decoding = { ...this.#capture, ffmpeg: this.#ffmpeg, version, ...reading };
    const pictures = passed
      ? []
      : plan.encoder !== "copy" && isChecked
      ? checkedFrames(child.stdout, { ...decoding, encoder: plan.encoder })
      : read(child.stdout, reading);
    for await (const frame of orSourceError(pictures)) {
      if (size.hasChanged) {
        // It may be one that was squeezed into the size of those before.
        frame.release();
        break;
      }
      trial.passes();
      if (frames++ === 0) {
        live?.opened();
        const seen = { ...known, delivered: this.#unturned(frame) };
        // Modes that weren't learnt are asked for again the next time.
        if (known.modes !== undefined) this.#known = seen;
        const better = this.#plan(seen);
        const isOther = better.encoder !== plan.encoder;
        if (isOther && mayChange) {
          frame.release();
          return better;
        }
        options.onPlan?.(isOther ? plan : better);
      }
      yield frame;
    }
    if (trial.hasFailed && !options.signal.aborted) {
      this.#known = { ...known, isDamaged: true };
      return this.#plan(this.#known);
    }
    await child.close(options.signal.reason === FROZEN ? HUNG_GRACE_MS : undefined);
    if (options.signal.aborted) return undefined;
    if (live?.isHopeless) return plan;
    if (size.hasChanged) return this.#planAnew(input, { known, plan });
    if (input.kind === "file" && frames > 0 && await isAtEnd(child)) {
      // ffmpeg can't go back to the beginning of some files, which have no index.
      await sleep(began + LEAST_LOOP_MS - performance.now(), options.signal);
      return plan;
    }
    const { lastWords } = child;
    const { modes = [] } = known;
    const { resolution, fps } = this.#capture;
    const wanted = { ...resolution, fps };
    const ending = { input, status: await child.exited, lastWords, frames, modes, wanted };
    const { code, reason } = await explain(ending);
    throw new SourceError(code, reason);
  }

  /** The plan for pictures that have changed their size, which this one can't follow. */
  #planAnew(input: FfmpegInput, { known, plan }: { known: Known; plan: Plan }): Plan {
    const isFile = input.kind === "file";
    if (isFile && plan.encoder === "imagescript") throw new SourceError("unsupported", TOO_OLD);
    const now = performance.now();
    // A file would begin anew, and never get past the change.
    const isOften = isFile || now - this.#sizeChangedAt < SELDOM_MS;
    this.#sizeChangedAt = now;
    const changed = { ...known, isChanging: known.isChanging === true || isOften };
    if (known.modes !== undefined) this.#known = changed;
    return this.#plan(changed);
  }

  /** The size as it comes from the camera. */
  #unturned({ width, height }: Frame): Size {
    const { rotate } = this.#capture;
    return rotate === "0" || rotate === "180"
      ? { width, height }
      : { width: height, height: width };
  }
}

/** Data that aren't pictures don't come from an ffmpeg. */
async function* orSourceError(
  frames: AsyncIterable<Frame> | Iterable<Frame>,
): AsyncGenerator<Frame, void> {
  try {
    yield* frames;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new SourceError("broken", `gives no pictures: ${cause.message}`, { cause });
  }
}

/** Whether a file has been played to its end: ffmpeg 7 says that it isn't permitted to go back. */
async function isAtEnd(child: Child): Promise<boolean> {
  const status = await child.exited;
  return status === 0 || child.lastWords.at(-1)?.includes("Operation not permitted") === true;
}
