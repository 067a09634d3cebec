import { ffmpegVersion } from "../../ffmpeg/ffmpeg_version.ts";
import { cameraOs, type FfmpegInput } from "../../ffmpeg/input.ts";
import { choosePlan, isPassable, type Plan } from "../../ffmpeg/mode/plan.ts";
import type { Capture } from "../../frame/capture.ts";
import type { CodedPicture } from "../../frame/coded_picture.ts";
import type { Frame } from "../../frame/frame.ts";
import { turnedSize } from "../../frame/orientation.ts";
import { SourceError } from "../../frame/source_error.ts";
import type { Size } from "../../protocol/kind.ts";
import { sleep } from "../../time/sleep.ts";
import { listDevices } from "../device/devices.ts";
import { describeUnreadable } from "../device/offered_modes.ts";
import type { FramesOptions, Source } from "../source.ts";
import type { FfmpegSpec } from "./ffmpeg_spec.ts";
import { explain } from "./explain.ts";
import { FfmpegRun } from "./ffmpeg_run.ts";
import { findInput } from "./find_input.ts";
import { ask, type Asking, guess, isCheckable, type Known, passed } from "./known.ts";
import { Reopening } from "./reopening.ts";
import { StreamTraits } from "./stream_traits.ts";
import { isTappable, Tap } from "./tap.ts";

/** Three programs run, and on Windows a virus scanner examines each first. */
const ASK_MS = 20_000;
/**
 * A stream is probed, then opened, and may begin with a key frame only seconds later; so may a
 * camera that sends H.264, and others are slow to start.
 */
const OPEN_MS = 20_000;

/** Some files have one picture a minute, and a file never hangs. */
const FILE_GAP_MS = 300_000;
/** A file that ends sooner than this isn't restarted at once, in milliseconds. */
const LEAST_LOOP_MS = 1000;
/** A camera whose pictures change their size more often than this isn't reopened each time. */
const SELDOM_MS = 60_000;

const TOO_OLD = "has pictures of several sizes, which ffmpeg before 4.4 can't keep: update it";

/** How an input is read in one run. */
interface Way {
  known: Known;
  plan: Plan;
  /** Whether another plan may be better once pictures come. */
  mayChange: boolean;
}

/** A camera, an address or a file, read through an ffmpeg of its own. */
export class FfmpegSource implements Source {
  /** See {@linkcode Source.askMs}. */
  readonly askMs: number = ASK_MS;
  /** See {@linkcode Source.openMs}. */
  readonly openMs: number = OPEN_MS;
  /** See {@linkcode Source.gapMs}. */
  readonly gapMs: number;
  readonly #spec: FfmpegSpec;
  readonly #capture: Capture;
  readonly #ffmpeg: string;
  #known: Known | undefined;
  readonly #reopening = new Reopening();
  readonly #traits: StreamTraits;
  #sizeChangedAt = -Infinity;
  /** Set if it comes from a sender that may end with its first connection. */
  #tap: Tap | undefined;

  /**
   * Does not open the input yet.
   *
   * @param options `ffmpeg`: the ffmpeg to run
   */
  constructor(spec: FfmpegSpec, capture: Capture, { ffmpeg }: { ffmpeg: string }) {
    this.gapMs = spec.kind === "file" ? FILE_GAP_MS : 0;
    this.#spec = spec;
    this.#traits = new StreamTraits(spec);
    this.#capture = capture;
    this.#ffmpeg = ffmpeg;
  }

  /** Frames as they come. See {@linkcode Source.frames}. */
  async *frames(options: FramesOptions): AsyncGenerator<Frame, void> {
    const { signal, isTransport = false } = options;
    if (isTransport) this.#traits.see();
    const ffmpeg = this.#ffmpeg;
    const os = cameraOs();
    const version = this.#known?.version ?? await ffmpegVersion(ffmpeg, signal);
    if (signal.aborted) return;
    const found = await findInput(this.#spec, {
      os,
      devices: () => listDevices(ffmpeg, os, signal),
    });
    if (signal.aborted) return;
    await using tap = isTappable(found) ? await Tap.open(found.url, signal) : undefined;
    this.#tap = tap;
    const input = tap ? { ...found, via: tap.address } : found;
    // A sender that may end with its first connection isn't reopened for viewers that want its
    // H.264 later.
    const isWanted = tap !== undefined || (options.video?.isWanted() ?? false);
    const asking = { ...this.#asking, version, signal };
    let known = this.#known ?? (isWanted ? guess(asking) : undefined) ?? await ask(input, asking);
    // After a failure before the first frame, this may be another camera.
    this.#known = undefined;
    let plan = this.#plan(known, isWanted);
    // Only once: otherwise a camera whose size depends on the plan would switch for ever.
    for (let mayChange = true; !signal.aborted; mayChange = false) {
      options.onPlan?.(plan);
      const change = yield* this.#run(input, { known, plan, mayChange }, options);
      if (change === undefined) return;
      plan = change;
      known = this.#known ?? known;
    }
  }

  get #asking(): Pick<Asking, "ffmpeg" | "capture" | "traits"> {
    return { ffmpeg: this.#ffmpeg, capture: this.#capture, traits: this.#traits };
  }

  #plan(known: Known, isVideoWanted = false): Plan {
    const plan = choosePlan(this.#capture, known);
    const isPassed = isPassable(this.#capture, known.modes ?? [], plan);
    if (isPassed && isVideoWanted) plan.video = "passed";
    // It would have to be reopened.
    else if (isPassed && this.#tap === undefined) plan.video = "possible";
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

  /** Runs ffmpeg until it ends. Returns a better plan, if there is one. */
  async *#run(
    input: FfmpegInput,
    way: Way,
    options: FramesOptions,
  ): AsyncGenerator<Frame, Plan | undefined> {
    const { known, plan, mayChange } = way;
    const isChecked = isCheckable(known, plan);
    let other: Plan | undefined;
    await using run = new FfmpegRun(input, {
      ...options,
      ffmpeg: this.#ffmpeg,
      version: known.version,
      capture: this.#capture,
      plan,
      mayChange,
      isChecked,
      reopening: this.#reopening,
      traits: this.#traits,
      onPassed: (picture) => this.#passed(picture, way, options),
      onFirst: (frame) => {
        if (isChecked && input.kind !== "device" && this.#isPart(frame, known)) {
          this.#learn({ ...known, isDamaged: true });
          other = plan;
          return false;
        }
        const better = this.#better(frame, way);
        const isOther = better.encoder !== plan.encoder;
        if (isOther && mayChange) other = better;
        else {
          options.onPlan?.(isOther ? plan : better);
          this.#tap?.forget();
        }
        return other === undefined;
      },
    });
    yield* this.#framesOf(run, way);
    return other ?? await this.#afterwards(run, input, way, options.signal);
  }

  /** The frames of a run; none if its plan was a wrong guess. */
  async *#framesOf(run: FfmpegRun, { known }: Way): AsyncGenerator<Frame, void> {
    try {
      yield* run.frames();
    } catch (error) {
      if (!known.isGuess || run.count > 0 || !(error instanceof SourceError)) throw error;
      this.#traits.mayBeH264 = false;
    }
  }

  /** Learns from the pictures that are passed on. Returns the plan for their frames. */
  #passed({ width, height }: CodedPicture, { known, plan }: Way, { onPlan }: FramesOptions): Plan {
    this.#tap?.forget();
    if (!known.isGuess) {
      this.#learn(known);
      return plan;
    }
    const { resolution: before } = this.#known ?? known;
    const isNew = this.#known === undefined || before.width !== width || before.height !== height;
    if (isNew) this.#known = passed(known.version, { width, height });
    const better = this.#plan(this.#known ?? known, true);
    if (isNew) onPlan?.(better);
    return better;
  }

  /** Whether a stream's pictures consist of two fields, as old grabbers make them. */
  #isPart(frame: Frame, { resolution }: Known): boolean {
    const { width, height } = this.#unturned(frame);
    return width < resolution.width || height < resolution.height;
  }

  /** The plan that suits the first frame. */
  #better(frame: Frame, { known }: Way): Plan {
    const seen = { ...known, delivered: this.#unturned(frame) };
    this.#learn(seen);
    return this.#plan(seen);
  }

  /** Unknown modes are queried again next time. */
  #learn(known: Known): void {
    if (known.modes !== undefined) this.#known = known;
  }

  /**
   * The plan for the next run, if there is to be one.
   *
   * @throws {SourceError} if the input has failed
   */
  async #afterwards(
    run: FfmpegRun,
    input: FfmpegInput,
    { known, plan }: Way,
    signal: AbortSignal,
  ): Promise<Plan | undefined> {
    if (run.isDamaged) {
      this.#known = { ...known, isDamaged: true };
      return this.#plan(this.#known);
    }
    await run.close();
    if (signal.aborted) return undefined;
    if (run.isHopeless) return plan;
    if (run.hasChangedSize) return this.#planAnew(input, { known, plan });
    const { count: frames, began } = run;
    if (input.kind === "file" && frames > 0 && await run.isAtEnd()) {
      // ffmpeg can't rewind some files that have no index.
      await sleep(began + LEAST_LOOP_MS - performance.now(), signal);
      return plan;
    }
    const { modes = [] } = known;
    const { resolution, fps } = this.#capture;
    const ending = await run.ending();
    if (frames === 0 && this.#traits.learn(ending.lastWords)) return plan;
    if (known.isGuess && !this.#traits.mayBeH264) {
      this.#known = await ask(input, { ...this.#asking, version: known.version, signal });
      return this.#plan(this.#known, true);
    }
    const { code, reason } = await explain({
      input,
      ...ending,
      frames,
      modes,
      wanted: { ...resolution, fps },
    });
    throw new SourceError(code, reason);
  }

  /** The plan for pictures that have changed their size, which the current one can't follow. */
  #planAnew(input: FfmpegInput, { known, plan }: { known: Known; plan: Plan }): Plan {
    const isFile = input.kind === "file";
    if (isFile && plan.encoder === "imagescript") throw new SourceError("unsupported", TOO_OLD);
    const now = performance.now();
    // A file would start from its beginning, and never get past the change.
    const isOften = isFile || now - this.#sizeChangedAt < SELDOM_MS;
    this.#sizeChangedAt = now;
    const changed = { ...known, isChanging: known.isChanging === true || isOften };
    this.#learn(changed);
    return this.#plan(changed);
  }

  /** The size as it comes from the camera. */
  #unturned(frame: Frame): Size {
    return turnedSize(frame, this.#capture.rotate);
  }
}
