import { ffmpegVersion } from "../../ffmpeg/ffmpeg_version.ts";
import { cameraOs, type FfmpegInput } from "../../ffmpeg/input.ts";
import type { Plan } from "../../ffmpeg/mode/plan.ts";
import type { Capture } from "../../frame/capture.ts";
import type { CodedPicture } from "../../frame/coded_picture.ts";
import type { Frame } from "../../frame/frame.ts";
import { SourceError } from "../../frame/source_error.ts";
import { sleep } from "../../time/sleep.ts";
import { listDevices } from "../device/devices.ts";
import type { Reading, Source } from "../source.ts";
import { explain } from "./explain.ts";
import { FfmpegRun } from "./ffmpeg_run.ts";
import type { FfmpegSpec } from "./ffmpeg_spec.ts";
import { findInput } from "./find_input.ts";
import { ask, type Asking, guess, isCheckable } from "./known.ts";
import { Planner, type Way } from "./planner.ts";
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

/** An input that was found. One ffmpeg after another may read it. */
interface Opened {
  input: FfmpegInput;
  reading: Reading;
  /** Set if it comes from a sender that may end with its first connection. */
  tap: Tap | undefined;
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
  readonly #planner: Planner;
  readonly #reopening = new Reopening();
  readonly #traits: StreamTraits;

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
    this.#planner = new Planner(capture);
    this.#ffmpeg = ffmpeg;
  }

  /** Reads its address as MPEG-TS from now on. */
  takeForTransport(): void {
    this.#traits.takeForTransport();
  }

  /** Frames as they come. See {@linkcode Source.frames}. */
  async *frames(reading: Reading): AsyncGenerator<Frame, void> {
    const { signal } = reading;
    const version = this.#planner.known?.version ?? await ffmpegVersion(this.#ffmpeg, signal);
    if (signal.aborted) return;
    const found = await this.#find(signal);
    if (signal.aborted) return;
    await using tap = isTappable(found) ? await Tap.open(found.url, signal) : undefined;
    const input = tap ? { ...found, via: tap.address } : found;
    const way = await this.#begin({ input, reading, tap }, { ...this.#asking, version, signal });
    while (!signal.aborted) {
      reading.onPlan?.(way.plan);
      const change = yield* this.#run({ input, reading, tap }, way);
      if (change === undefined) return;
      way.plan = change;
      way.known = this.#planner.known ?? way.known;
      // Only once: otherwise a camera whose size depends on the plan would switch for ever.
      way.mayChange = false;
    }
  }

  get #asking(): Pick<Asking, "ffmpeg" | "capture" | "traits"> {
    return { ffmpeg: this.#ffmpeg, capture: this.#capture, traits: this.#traits };
  }

  #find(signal: AbortSignal): Promise<FfmpegInput> {
    const os = cameraOs();
    return findInput(this.#spec, { os, devices: () => listDevices(this.#ffmpeg, os, signal) });
  }

  /** Plans the first run, by what is known or assumed of the input, or by querying it. */
  async #begin({ input, reading, tap }: Opened, asking: Asking): Promise<Way> {
    const planner = this.#planner;
    // A sender that may end with its first connection isn't reopened for viewers that want its
    // H.264 later.
    planner.mayReopen = tap === undefined;
    const isWanted = tap !== undefined || (reading.video?.isWanted() ?? false);
    const known = planner.known ?? (isWanted ? guess(asking) : undefined) ??
      await ask(input, asking);
    // After a failure before the first frame, this may be another camera.
    planner.known = undefined;
    return { known, plan: planner.plan(known, isWanted), mayChange: true };
  }

  /** Runs ffmpeg until it ends. Returns a better plan, if there is one. */
  async *#run(opened: Opened, way: Way): AsyncGenerator<Frame, Plan | undefined> {
    let other: Plan | undefined;
    await using run = new FfmpegRun(opened.input, {
      ...way,
      reading: opened.reading,
      ffmpeg: this.#ffmpeg,
      capture: this.#capture,
      reopening: this.#reopening,
      traits: this.#traits,
      onPassed: (picture) => this.#passed(picture, opened, way),
      onFirst: (frame) => {
        other = this.#otherPlan(frame, opened, way);
        return other === undefined;
      },
    });
    try {
      yield* run.frames();
    } catch (error) {
      if (!this.#wasWrongGuess(error, run, way)) throw error;
    }
    return other ?? await this.#afterwards(run, opened, way);
  }

  /** Learns from an error, if the plan of the run was a wrong guess. Returns whether it was. */
  #wasWrongGuess(error: unknown, run: FfmpegRun, { known }: Way): boolean {
    const isWrong = known.isGuess === true && run.count === 0 && error instanceof SourceError;
    if (isWrong) this.#traits.mayBeH264 = false;
    return isWrong;
  }

  /** Takes note of a picture that is passed on. Returns the plan for its frames, if it is new. */
  #passed(picture: CodedPicture, { reading, tap }: Opened, way: Way): Plan | undefined {
    tap?.forget();
    const plan = this.#planner.passed(picture, way);
    if (plan) reading.onPlan?.(plan);
    return plan;
  }

  /** Returns a better plan, if the first frame reveals one. */
  #otherPlan(frame: Frame, { input, reading, tap }: Opened, way: Way): Plan | undefined {
    const { known, plan, mayChange } = way;
    const isChecked = isCheckable(known, plan);
    if (isChecked && input.kind !== "device" && this.#planner.isPart(frame, way)) {
      this.#planner.learn({ ...known, isDamaged: true });
      return plan;
    }
    const better = this.#planner.better(frame, way);
    const isOther = better.encoder !== plan.encoder;
    if (isOther && mayChange) return better;
    reading.onPlan?.(isOther ? plan : better);
    tap?.forget();
    return undefined;
  }

  /**
   * The plan for the next run, if there is to be one.
   *
   * @throws {SourceError} if the input has failed
   */
  async #afterwards(run: FfmpegRun, opened: Opened, way: Way): Promise<Plan | undefined> {
    const { input, reading: { signal } } = opened;
    const { known, plan } = way;
    if (run.isDamaged) return this.#planner.damaged(way);
    await run.close();
    if (signal.aborted) return undefined;
    if (run.isHopeless) return plan;
    const isFile = input.kind === "file";
    if (run.hasChangedSize) return this.#planner.resized(way, isFile);
    if (isFile && run.count > 0 && await run.isAtEnd()) {
      // ffmpeg can't rewind some files that have no index.
      await sleep(run.began + LEAST_LOOP_MS - performance.now(), signal);
      return plan;
    }
    const { lastWords } = await run.ending();
    if (run.count === 0 && this.#traits.learn(lastWords)) return plan;
    if (known.isGuess && !this.#traits.mayBeH264) {
      const asking = { ...this.#asking, version: known.version, signal };
      const asked = await ask(input, asking);
      // A query that was broken off says nothing about the next opening.
      if (signal.aborted) return undefined;
      this.#planner.known = asked;
      return this.#planner.plan(asked, true);
    }
    throw await this.#failure(run, input, way);
  }

  async #failure(run: FfmpegRun, input: FfmpegInput, { known }: Way): Promise<SourceError> {
    const { modes = [] } = known;
    const { resolution, fps } = this.#capture;
    const { code, reason } = await explain({
      input,
      ...await run.ending(),
      frames: run.count,
      modes,
      wanted: { ...resolution, fps },
    });
    return new SourceError(code, reason);
  }
}
