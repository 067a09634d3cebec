import type { Camera } from "../camera/camera.ts";
import type { Encoder, RenditionShape } from "../encoder/encoder.ts";
import { type Encoders, MAX_RENDITIONS } from "./encoders.ts";
import { nearestTo } from "./nearest.ts";
import type { Recipient } from "./recipient.ts";
import type { RenditionBudget } from "./rendition_budget.ts";
import { Stream, type StreamOptions } from "./stream.ts";
import { noCounts, type StreamCounters, sumOf } from "./stream_counters.ts";

/** Options of {@linkcode Streams}. */
export interface StreamsOptions
  extends Pick<StreamOptions, "name" | "onStatus" | "onEncoded" | "onPicture"> {
  /**
   * A rendition is kept ready for this time after its last viewer, in milliseconds. @default
   * {10_000}
   */
  lingerMs?: number;
}

/** Options of {@linkcode Streams.join}. */
export interface JoinOptions {
  /** The stream of this camera that the recipient was sent until now, and leaves for the new one. */
  left?: Stream | undefined;
  /**
   * The owner that viewers are counted for; `undefined` for programs of this machine, which are not
   * counted.
   */
  owner?: string | undefined;
  /** Bounds how often renditions are begun. @default {nothing} */
  budget?: RenditionBudget;
}

/**
 * The number of a camera's renditions that may be made for one owner alone: the rest is for others.
 */
const SHARE = 3;
/** The width of a camera that has given no frame yet is taken to be this, in pixels. */
const USUAL_WIDTH = 640;
const OWN: RenditionShape = { quality: null, width: null };

/** A camera's own rendition, and the others that are watched, or were a moment ago. */
export class Streams {
  /** The camera's own. */
  readonly own: Stream;
  readonly #camera: Camera;
  readonly #encoders: Encoders;
  readonly #lingerMs: number;
  readonly #options: Omit<StreamsOptions, "lingerMs">;
  readonly #streams = new Map<string, Stream>();
  /** For whom a stream was made. */
  readonly #owners = new Map<Stream, string | undefined>();
  /** Streams that nobody wants any more, the one that was left first in front. */
  readonly #idle = new Map<Stream, ReturnType<typeof setTimeout>>();
  /** Encoders that are coming to their end. */
  readonly #endings = new Set<Promise<void>>();
  /** The counts of streams that are gone. */
  #past: Readonly<StreamCounters> = noCounts();
  /** For those who can't take large pictures, while there are some. */
  #fitting: Stream | undefined;
  #isClosed = false;

  constructor(camera: Camera, encoders: Encoders, options: StreamsOptions) {
    const { lingerMs = 10_000, ...others } = options;
    this.#camera = camera;
    this.#encoders = encoders;
    this.#lingerMs = lingerMs;
    this.#options = others;
    this.own = this.#create(OWN, undefined);
  }

  /** The camera's own first. */
  get all(): readonly Stream[] {
    const fitting = this.#fitting === undefined ? [] : [this.#fitting];
    return [...this.#streams.values(), ...fitting];
  }

  /** Counts over all that ever were. */
  get counters(): Readonly<StreamCounters> {
    return sumOf([this.#past, ...this.all.map(({ counters }) => counters)]);
  }

  /** The stream of a rendition, if it is there, watched or not. */
  get(shape: RenditionShape): Stream | undefined {
    return this.#streams.get(keyOf(shape));
  }

  /**
   * Sends JPEG of one rendition to somebody, who gets no more when it is removed from the
   * stream. If the rendition can't be made now, it is the nearest one that is there.
   *
   * @returns the stream, whose quality and width tell what it is
   */
  join(recipient: Recipient, shape: RenditionShape = OWN, options: JoinOptions = {}): Stream {
    const stream = this.get(shape) ?? this.#make(shape, options) ?? this.#nearest(shape);
    return this.#enter(recipient, stream ?? this.own, options);
  }

  /** The same for H.264; nothing where there is none, and none can be made now. */
  joinVideo(
    recipient: Recipient,
    shape: RenditionShape,
    options: JoinOptions = {},
  ): Stream | undefined {
    const video: RenditionShape = { ...shape, codec: "h264" };
    const stream = this.get(video) ?? this.#make(video, options) ?? this.#nearest(video);
    return stream && this.#enter(recipient, stream, options);
  }

  #enter(recipient: Recipient, stream: Stream, { left }: JoinOptions): Stream {
    clearTimeout(this.#idle.get(stream));
    this.#idle.delete(stream);
    return enter(recipient, stream, left);
  }

  /**
   * Sends somebody the camera's own rendition made so small that it fits. There is one of it, for all.
   *
   * @param left the stream of this camera that the recipient was sent until now
   */
  joinFitting(recipient: Recipient, left: Stream | undefined): Stream {
    return enter(recipient, this.#fitting ??= this.#createFitting(), left);
  }

  /** Ends all encoders. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#idle.clear();
    await Promise.all([...this.all.map((stream) => stream.stop()), ...this.#endings]);
  }

  #nearest(shape: RenditionShape): Stream | undefined {
    const { newest, measured } = this.#camera;
    const own = {
      quality: this.#encoders.quality,
      width: newest?.width ?? measured?.width ?? USUAL_WIDTH,
    };
    const { codec = "jpeg" } = shape;
    return nearestTo(shape, this.all.filter((each) => each.codec === codec), own);
  }

  /** Makes a stream, if there may be one more: for the camera, for its owner, and by the budget. */
  #make(shape: RenditionShape, { left, owner, budget }: JoinOptions): Stream | undefined {
    // One that its only recipient leaves makes room.
    const leaving = left !== this.own && left?.size === 1 ? left : undefined;
    const makesRoom = leaving !== undefined || this.#idle.size > 0;
    if (this.#streams.size >= MAX_RENDITIONS && !makesRoom) return undefined;
    if (owner !== undefined && this.#countOf(owner, leaving) >= SHARE) return undefined;
    if (budget !== undefined) {
      if (budget.waitMs(owner) > 0) return undefined;
      budget.take(owner);
    }
    const [oldest] = this.#idle.keys();
    if (this.#streams.size >= MAX_RENDITIONS && oldest) this.#end(oldest);
    return this.#create(shape, owner);
  }

  #countOf(owner: string, leaving: Stream | undefined): number {
    const isCounted = (stream: Stream): boolean =>
      stream !== leaving && stream.isWanted && this.#owners.get(stream) === owner;
    return this.all.filter(isCounted).length;
  }

  #create(shape: RenditionShape, owner: string | undefined): Stream {
    const encoder = this.#encoders.of(shape);
    const stream = this.#stream(shape, encoder, (idle) => this.#linger(idle));
    this.#streams.set(keyOf(shape), stream);
    this.#owners.set(stream, owner);
    return stream;
  }

  #createFitting(): Stream {
    return this.#stream(OWN, this.#encoders.fitting(), (idle) => {
      if (this.#isClosed) return;
      this.#fitting = undefined;
      this.#stop(idle);
    });
  }

  #stream(shape: RenditionShape, encoder: Encoder, onIdle: (idle: Stream) => void): Stream {
    return new Stream(this.#camera, encoder, { ...this.#options, ...shape, onIdle });
  }

  /** A viewer that asks for it again within a moment finds its encoder running. */
  #linger(stream: Stream): void {
    if (stream === this.own || this.#isClosed) return;
    const lingerMs = this.#lingerMs;
    // The one in whose place a viewer has another one made.
    if (lingerMs === 0 || this.#streams.size > MAX_RENDITIONS) return this.#end(stream);
    this.#idle.set(stream, setTimeout(() => this.#end(stream), lingerMs));
  }

  #end(stream: Stream): void {
    clearTimeout(this.#idle.get(stream));
    this.#idle.delete(stream);
    this.#owners.delete(stream);
    this.#streams.delete(keyOf(stream));
    this.#stop(stream);
  }

  #stop(stream: Stream): void {
    this.#past = sumOf([this.#past, stream.counters]);
    const ending = stream.stop().finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }
}

/** Sends pictures of one stream to somebody instead of those of another one of the same camera. */
function enter(recipient: Recipient, stream: Stream, left: Stream | undefined): Stream {
  if (stream === left) return stream;
  stream.add(recipient, { isInformed: left !== undefined });
  left?.remove(recipient);
  return stream;
}

function keyOf({ quality, width, codec = "jpeg", maxFps = null }: RenditionShape): string {
  return [codec, quality, width, maxFps].join("/");
}
