import { choosePlan, isPassable, type Plan } from "../../ffmpeg/mode/plan.ts";
import type { Capture } from "../../frame/capture.ts";
import type { CodedPicture } from "../../frame/coded_picture.ts";
import type { Frame } from "../../frame/frame.ts";
import { turnedSize } from "../../frame/orientation.ts";
import { SourceError } from "../../frame/source_error.ts";
import type { Size } from "../../protocol/kind.ts";
import { describeUnreadable } from "../device/offered_modes.ts";
import { type Known, passed } from "./known.ts";
import { takesPixels } from "../../jpeg/pixel_encoders.ts";

/** A camera whose pictures change their size more often than this isn't reopened each time. */
const SELDOM_MS = 60_000;

const TOO_OLD = "has pictures of several sizes, which ffmpeg before 4.4 can't keep: update it";

/** How an input is read in one run. */
export interface Way {
  /** The facts that the plan was made from. */
  known: Known;
  /** The plan. */
  plan: Plan;
  /** Whether another plan may be better once pictures come. */
  mayChange: boolean;
}

/** Plans how an input is read, by the facts that are known and by the pictures that come. */
export class Planner {
  /** The facts that are known from earlier runs. */
  known: Known | undefined;
  /** Whether the input may be reopened for another plan. */
  mayReopen = true;
  readonly #capture: Capture;
  #sizeChangedAt = -Infinity;

  /** A planner that knows nothing of its input yet. */
  constructor(capture: Capture) {
    this.#capture = capture;
  }

  /**
   * Makes a plan by these facts.
   *
   * @throws {SourceError} if the input can't be read with this capture
   */
  plan(known: Known, isVideoWanted = false): Plan {
    const plan = choosePlan(this.#capture, known);
    const isPassed = isPassable(this.#capture, known.modes ?? [], plan);
    if (isPassed && isVideoWanted) plan.video = "passed";
    else if (isPassed && this.mayReopen) plan.video = "possible";
    const { modes = [] } = known;
    if (modes.length > 0 && plan.mode === undefined) {
      throw new SourceError("mode", describeUnreadable(modes));
    }
    if (plan.encoder === "copy" && modes.length > 0 && !plan.mjpeg) {
      throw new SourceError(
        "mode",
        "delivers no JPEG, which '--encoder copy' needs; leave that option out",
      );
    }
    return plan;
  }

  /** Keeps these facts, unless the modes are unknown: then the input is queried again next time. */
  learn(known: Known): void {
    if (known.modes !== undefined) this.known = known;
  }

  /** Learns from the first frame, and makes the plan that suits it. */
  better(frame: Frame, { known }: Way): Plan {
    const seen = { ...known, delivered: this.#unturned(frame) };
    this.learn(seen);
    return this.plan(seen);
  }

  /** Learns from a picture that is passed on. Returns the plan for its frames, if it is new. */
  passed({ width, height }: CodedPicture, { known }: Way): Plan | undefined {
    if (!known.isGuess) {
      this.learn(known);
      return undefined;
    }
    const before = this.known?.resolution;
    if (before?.width === width && before.height === height) return undefined;
    const seen = passed(known.version, { width, height });
    this.known = seen;
    return this.plan(seen, true);
  }

  /** Whether a stream's pictures consist of two fields, as old grabbers make them. */
  isPart(frame: Frame, { known: { resolution } }: Way): boolean {
    const { width, height } = this.#unturned(frame);
    return width < resolution.width || height < resolution.height;
  }

  /** The plan for pictures that don't arrive whole. */
  damaged({ known }: Way): Plan {
    this.known = { ...known, isDamaged: true };
    return this.plan(this.known);
  }

  /**
   * The plan for pictures that have changed their size, which this one can't follow.
   *
   * @param isFile a file would start from its beginning, and never get past the change
   * @throws {SourceError} if there is none
   */
  resized({ known, plan }: Way, isFile: boolean): Plan {
    if (isFile && takesPixels(plan.encoder)) throw new SourceError("unsupported", TOO_OLD);
    const now = performance.now();
    const isOften = isFile || now - this.#sizeChangedAt < SELDOM_MS;
    this.#sizeChangedAt = now;
    const changed = { ...known, isChanging: known.isChanging === true || isOften };
    this.learn(changed);
    return this.plan(changed);
  }

  /** The size as it comes from the camera. */
  #unturned(frame: Frame): Size {
    return turnedSize(frame, this.#capture.rotate);
  }
}
