import type { Capture } from "../../frame/capture.ts";
import { pictureChange } from "../../frame/change_capture.ts";
import type { Frame } from "../../frame/frame.ts";
import type { Plan } from "../../ffmpeg/mode/plan.ts";
import { Rate } from "../../time/rate.ts";
import { type FedPicture, jpegFrames } from "../jpeg_frames.ts";
import type { Reading, Source } from "../source.ts";
import { Inlet } from "./inlet.ts";

export interface PushSourceOptions {
  /** The ffmpeg that decodes pictures for a new encoding. */
  ffmpeg: string;
}

/** The shortest time after which a silent camera has stalled, and the same in frames. */
const STALLED_MS = 5000;
const STALLED_FRAMES = 3;

/** Opens the pictures that a program pushes. */
export function openPush(
  _spec: unknown,
  capture: Capture,
  { ffmpeg, inlet = new Inlet() }: PushSourceOptions & { inlet?: Inlet | undefined },
): Source {
  return new PushSource(inlet, capture, { ffmpeg });
}

/**
 * The pictures that a program pushes, passed on as they are unless another size, rotation or
 * quality is asked for.
 */
class PushSource implements Source {
  /** The inlet notices when no more pictures come, and gives a reason of its own. */
  readonly gapMs: number;
  readonly #inlet: Inlet;
  readonly #capture: Capture;
  readonly #ffmpeg: string;

  constructor(inlet: Inlet, capture: Capture, { ffmpeg }: PushSourceOptions) {
    this.#inlet = inlet;
    this.#capture = capture;
    this.#ffmpeg = ffmpeg;
    inlet.stalledMs = Math.max(STALLED_MS, STALLED_FRAMES * 1000 / capture.fps);
    this.gapMs = inlet.stalledMs + 1000;
  }

  /** See {@linkcode Source.frames}. */
  async *frames(reading: Reading): AsyncGenerator<Frame, void> {
    const plan = planOf(this.#capture);
    // A reader that takes no more frames doesn't abort the signal.
    const over = new AbortController();
    const signal = AbortSignal.any([reading.signal, over.signal]);
    const pictures = this.#inlet.pictures({ signal, onBroken: reading.onBroken });
    const next = paced(pictures, this.#capture.fps);
    try {
      const decoding = { capture: this.#capture, ffmpeg: this.#ffmpeg };
      yield* jpegFrames(next, { ...decoding, reading, plan: () => plan });
    } finally {
      over.abort();
      await pictures.return();
    }
  }
}

/**
 * Drops pictures that come too fast, before anything is done with them. One that came too early is
 * shown after all if no other follows: a program's last picture is not lost.
 */
function paced(
  pictures: AsyncGenerator<FedPicture, void>,
  fps: number,
): () => Promise<FedPicture | undefined> {
  const rate = new Rate(fps);
  let coming: ReturnType<typeof pictures.next> | undefined;
  const take = (): NonNullable<typeof coming> => coming ??= pictures.next();
  return async () => {
    for (;;) {
      const { value } = await take();
      coming = undefined;
      if (!value || rate.take(performance.now())) return value || undefined;
      if (!await endsWithin(take(), 1000 / fps)) return value;
    }
  };
}

/** Whether a promise settles within this many milliseconds. */
async function endsWithin(something: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, ms, false);
  const ended = await Promise.race([something.then(() => true, () => true), late]);
  clearTimeout(timer);
  return ended;
}

function planOf(capture: Capture): Pick<Plan, "encoder" | "reason"> {
  const { encoder } = capture;
  if (encoder !== "auto") return { encoder, reason: "as asked for" };
  const change = pictureChange(capture);
  return change === undefined
    ? { encoder: "copy", reason: "for pictures that a program pushes as JPEG" }
    : { encoder: "ffmpeg", reason: `for pushed pictures that are to be ${change}` };
}
