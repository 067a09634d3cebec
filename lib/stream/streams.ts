import type { Camera } from "../camera/camera.ts";
import type { RenditionShape } from "../encoder/encoder.ts";
import { JpegEncoder } from "../encoder/jpeg_encoder.ts";
import type { Recipient } from "./recipient.ts";
import { Stream, type StreamCounters, type StreamOptions } from "./stream.ts";

/** Options of {@linkcode Streams}. */
export interface StreamsOptions
  extends Pick<StreamOptions, "name" | "onStatus" | "onEncoded" | "onPicture"> {
  /** Which ffmpeg makes other renditions of frames that come as JPEG. */
  ffmpeg: string;
  /** JPEG quality, 0 to 100, of frames that come as pixels. */
  quality: () => number;
}

/** Why a viewer finds no place, in words that follow the camera's name. */
export const NO_PLACE: string = "has as many renditions as it may; " +
  "take a 'quality' and 'width' that another viewer has";

/** More would be encoded for nobody's good. */
const MAX_STREAMS = 8;
const OWN: RenditionShape = { quality: null, width: null };

/** A camera's own rendition, and the others that are watched. */
export class Streams {
  /** The camera's own. */
  readonly own: Stream;
  readonly #camera: Camera;
  readonly #options: StreamsOptions;
  readonly #streams = new Map<string, Stream>();
  /** Encoders that are coming to their end. */
  readonly #endings = new Set<Promise<void>>();
  /** What streams did that are gone. */
  #past: Readonly<StreamCounters> | undefined;

  /** Encodes nothing yet. */
  constructor(camera: Camera, options: StreamsOptions) {
    this.#camera = camera;
    this.#options = options;
    this.own = this.#create(OWN);
  }

  /** The camera's own first. */
  get all(): readonly Stream[] {
    return [...this.#streams.values()];
  }

  /** What was done over all that ever were. */
  get counters(): Readonly<StreamCounters> {
    return sumOf(this.#past, ...this.all.map(({ counters }) => counters));
  }

  /** The last picture of a rendition, however long ago, if the rendition is still there. */
  lastOf({ quality, width }: RenditionShape): Stream["last"] {
    return this.#streams.get(keyOf(quality, width))?.last;
  }

  /**
   * Sends pictures of one rendition to somebody.
   *
   * @param left the stream of this camera that it watched until now, and leaves for it
   * @returns the stream; nothing, if there are too many already: then everything is as it was
   */
  join(recipient: Recipient, shape: RenditionShape = OWN, left?: Stream): Stream | undefined {
    const stream = this.#find(shape, left);
    if (stream === undefined || stream === left) return stream;
    stream.add(recipient, { isInformed: left !== undefined });
    left?.remove(recipient);
    return stream;
  }

  /** Ends all encoders. */
  async close(): Promise<void> {
    await Promise.all([...this.all.map((stream) => stream.stop()), ...this.#endings]);
  }

  /** The stream of one rendition, which is made if there isn't one; nothing, if there are too many. */
  #find(shape: RenditionShape, left: Stream | undefined): Stream | undefined {
    const { quality, width } = shape;
    const stream = this.#streams.get(keyOf(quality, width));
    if (stream !== undefined) return stream;
    // One that ends with the viewer who leaves it makes room.
    const ends = left !== undefined && left !== this.own && left.viewers.length === 1;
    return ends || this.#streams.size < MAX_STREAMS ? this.#create(shape) : undefined;
  }

  #create({ quality, width }: RenditionShape): Stream {
    const { ffmpeg, quality: defaultQuality, ...options } = this.#options;
    const encoder = new JpegEncoder({ quality, width, defaultQuality, ffmpeg });
    const stream = new Stream(this.#camera, encoder, {
      ...options,
      quality,
      width,
      onIdle: (idle) => this.#end(idle),
    });
    this.#streams.set(keyOf(quality, width), stream);
    return stream;
  }

  #end(stream: Stream): void {
    const key = keyOf(stream.quality, stream.width);
    // There may be another one of the same shape by now.
    if (stream === this.own || this.#streams.get(key) !== stream) return;
    this.#streams.delete(key);
    this.#past = sumOf(this.#past, stream.counters);
    const ending = stream.stop().finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }
}

function keyOf(quality: number | null, width: number | null): string {
  return `${quality}/${width}`;
}

function sumOf(...counters: (Readonly<StreamCounters> | undefined)[]): StreamCounters {
  const sum = { encoded: 0, copied: 0, skipped: 0, failed: 0, sent: 0, dropped: 0, bytes: 0 };
  for (const each of counters) {
    if (each === undefined) continue;
    for (const name of Object.keys(sum) as (keyof StreamCounters)[]) sum[name] += each[name];
  }
  return sum;
}
