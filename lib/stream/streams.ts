import type { Camera } from "../camera/camera.ts";
import type { Encoder, RenditionShape } from "../encoder/encoder.ts";
import { type Encoders, MAX_RENDITIONS } from "./encoders.ts";
import { nearestTo } from "./nearest.ts";
import type { Recipient } from "./recipient.ts";
import type { RenditionBudget } from "./rendition_budget.ts";
import { Stream, type StreamOptions } from "./stream.ts";
import { noCounts, type StreamCounters, sumOf } from "./stream_counters.ts";

export interface StreamsOptions
  extends Pick<StreamOptions, "name" | "onStatus" | "onEncoded" | "onPicture"> {
  /**
   * A rendition is kept ready for this long after its last viewer, in milliseconds.
   *
   * @default {10_000}
   */
  lingerMs?: number;
}

export interface JoinOptions {
  /** The stream of this camera that the recipient leaves for the new one. */
  left?: Stream | undefined;
  /**
   * The owner that viewers are counted for; `undefined` for programs of this machine, which are not
   * counted.
   */
  owner?: string | undefined;
  /**
   * Limits how often renditions are started.
   *
   * @default {nothing}
   */
  budget?: RenditionBudget;
}

/** This many of a camera's renditions may be made for a single owner: the rest is for others. */
const SHARE = 3;
/** The assumed width of a camera that has given no frame yet, in pixels. */
const USUAL_WIDTH = 640;
const OWN: RenditionShape = { quality: null, width: null };

/** A camera's own rendition, and the others that are watched, or were recently. */
export class Streams {
  /** The camera's own. */
  readonly own: Stream;
  readonly #camera: Camera;
  readonly #encoders: Encoders;
  readonly #lingerMs: number;
  readonly #options: Omit<StreamsOptions, "lingerMs">;
  readonly #streams = new Map<string, Stream>();
  /** The owner for whom a stream was made. */
  readonly #owners = new Map<Stream, string | undefined>();
  /** Streams without recipients, the one that was left first in front. */
  readonly #idle = new Map<Stream, ReturnType<typeof setTimeout>>();
  /** Encoders that are ending. */
  readonly #endings = new Set<Promise<void>>();
  /** The counts of removed streams. */
  #past: Readonly<StreamCounters> = noCounts();
  /** The stream for viewers that can't take large pictures, while there are any. */
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

  /** Counts over all streams, past ones included. */
  get counters(): Readonly<StreamCounters> {
    return sumOf([this.#past, ...this.all.map(({ counters }) => counters)]);
  }

  /** The stream of a rendition, if there is one, watched or not. */
  get(shape: RenditionShape): Stream | undefined {
    return this.#streams.get(keyOf(shape));
  }

  /**
   * Sends JPEG of one rendition to a recipient, until it is removed from the stream. If the
   * rendition can't be made now, the nearest existing one is used.
   *
   * @returns the stream, whose quality and width tell which it is
   */
  join(recipient: Recipient, shape: RenditionShape = OWN, options: JoinOptions = {}): Stream {
    const stream = this.get(shape) ?? this.#make(shape, options) ?? this.#nearest(shape);
    return this.#enter(recipient, stream ?? this.own, options);
  }

  /** The same for H.264; `undefined` if there is none, and none can be made now. */
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
   * Sends a recipient the camera's own rendition, made small enough to fit. There is one of it, for
   * all.
   *
   * @param left the stream of this camera that the recipient leaves
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

  /** Makes a stream, if the camera, its owner and the budget allow another one. */
  #make(shape: RenditionShape, { left, owner, budget }: JoinOptions): Stream | undefined {
    // A stream whose only recipient leaves it makes room.
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

  /** A viewer that asks for it again soon after finds its encoder running. */
  #linger(stream: Stream): void {
    if (stream === this.own || this.#isClosed) return;
    const lingerMs = this.#lingerMs;
    // The stream that a viewer gives up for a new one.
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

/** Moves a recipient from one stream to another one of the same camera. */
function enter(recipient: Recipient, stream: Stream, left: Stream | undefined): Stream {
  if (stream === left) return stream;
  stream.add(recipient, { isInformed: left !== undefined });
  left?.remove(recipient);
  return stream;
}

function keyOf({ quality, width, codec = "jpeg", maxFps = null }: RenditionShape): string {
  return [codec, quality, width, maxFps].join("/");
}
