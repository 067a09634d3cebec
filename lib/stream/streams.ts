import type { CameraStatus } from "../camera/audience.ts";
import type { Camera } from "../camera/camera.ts";
import { Rendition } from "../encoder/rendition.ts";
import { RenditionEncoder, type RenditionShape } from "../encoder/rendition_encoder.ts";
import { type AddOptions, Broadcaster } from "./broadcaster.ts";
import type { Picture } from "./picture.ts";
import type { Tally, Viewer } from "./viewer.ts";

/** Options of {@linkcode Streams}. */
export interface StreamsOptions {
  /** What viewers call the camera. */
  name: string;
  /** Which ffmpeg makes other renditions of pictures that come as JPEG. */
  ffmpeg: string;
  /** JPEG quality, 0 to 100, of frames that come as pixels. */
  quality: () => number;
  /** Called when the status of a rendition changes. */
  onStatus: (status: CameraStatus) => void;
  /** Called for each frame that was encoded, with how long that took. */
  onEncoded?: ((seconds: number) => void) | undefined;
  /** Called for each picture that is broadcast, with its age in seconds. */
  onBroadcast?: ((ageSeconds: number) => void) | undefined;
}

/** One rendition of a camera, and who watches it. */
export interface Stream extends RenditionShape {
  /** The camera's frames, encoded. */
  readonly rendition: Rendition;
  /** Who watches. */
  readonly broadcaster: Broadcaster;
}

/** What was done over all renditions. */
export interface StreamCounters extends Readonly<Tally> {
  /** Frames encoded. */
  readonly encoded: number;
  /** Frames passed on as the JPEG that they were. */
  readonly copied: number;
  /** Frames that gave way to a newer one before they were encoded. */
  readonly skipped: number;
  /** Frames that the encoder refused. */
  readonly failed: number;
}

/** A viewer's place in a stream. */
export interface Membership {
  /** What it gets. */
  readonly rendition: Rendition;
  /** The viewer's rate has changed. */
  adapt(): void;
  /**
   * Sends another rendition of the same camera, which stays open meanwhile.
   *
   * @returns whether there was room for it; if not, everything is as it was
   */
  move(shape: RenditionShape): boolean;
  /** Sends nothing more. */
  leave(): void;
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
  readonly #streams = new Map<string, Stream & { encoder: RenditionEncoder }>();
  /** Encoders that are coming to their end. */
  readonly #endings = new Set<Promise<void>>();
  /** What streams did that are gone. */
  #past: StreamCounters = countersOf([]);

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
  get counters(): StreamCounters {
    return countersOf(this.all, this.#past);
  }

  /** The last picture of a rendition, however long ago, if the rendition is still there. */
  lastOf({ quality, width }: RenditionShape): Picture | undefined {
    return this.#streams.get(keyOf(quality, width))?.broadcaster.last;
  }

  /**
   * Sends pictures of one rendition to a viewer.
   *
   * @returns its place; nothing, if there are too many renditions already
   */
  join(viewer: Viewer, shape: RenditionShape = OWN): Membership | undefined {
    const stream = this.#find(shape);
    if (stream === undefined) return undefined;
    let place = this.#enter(viewer, stream);
    return {
      get rendition() {
        return place.stream.rendition;
      },
      adapt: () => place.stream.broadcaster.adapt(),
      move: (shape) => {
        const before = place;
        const next = this.#find(shape, before.stream);
        if (next === undefined) return false;
        if (next === before.stream) return true;
        place = this.#enter(viewer, next, { isInformed: true });
        before.leave();
        return true;
      },
      leave: () => place.leave(),
    };
  }

  /** Ends all encoders. */
  async close(): Promise<void> {
    const encoders = [...this.#streams.values()].map(({ encoder }) => encoder.stop());
    await Promise.all([...encoders, ...this.#endings]);
  }

  /**
   * The stream of one rendition, which is made if there isn't one; nothing, if there are too many.
   *
   * @param left the one that the viewer leaves for it: it ends with its last viewer, and makes room
   */
  #find(shape: RenditionShape, left: Stream = this.own): Stream | undefined {
    const { quality, width } = shape;
    const stream = this.#streams.get(keyOf(quality, width));
    if (stream !== undefined) return stream;
    const ends = left !== this.own && left.broadcaster.size === 1;
    return ends || this.#streams.size < MAX_STREAMS ? this.#create(shape) : undefined;
  }

  #enter(
    viewer: Viewer,
    stream: Stream,
    options?: AddOptions,
  ): { stream: Stream; leave: () => void } {
    const remove = stream.broadcaster.add(viewer, options);
    const leave = (): void => {
      remove();
      if (stream.broadcaster.size === 0) this.#end(stream);
    };
    return { stream, leave };
  }

  #create({ quality, width }: RenditionShape): Stream {
    const { name, ffmpeg, quality: defaultQuality, onEncoded, onBroadcast } = this.#options;
    const encoder = new RenditionEncoder({ quality, width, defaultQuality, ffmpeg });
    const rendition = new Rendition(this.#camera, (frame) => encoder.encode(frame), { onEncoded });
    rendition.observe(this.#options.onStatus);
    const broadcaster = new Broadcaster(rendition, { name, onBroadcast });
    const stream = { quality, width, rendition, broadcaster, encoder };
    this.#streams.set(keyOf(quality, width), stream);
    return stream;
  }

  #end(ended: Stream): void {
    const key = keyOf(ended.quality, ended.width);
    const stream = this.#streams.get(key);
    // There may be another one of the same shape by now.
    if (stream !== ended || stream === this.own) return;
    this.#streams.delete(key);
    this.#past = countersOf([stream], this.#past);
    const ending = stream.encoder.stop().finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }
}

function keyOf(quality: number | null, width: number | null): string {
  return `${quality}/${width}`;
}

function countersOf(streams: readonly Stream[], more?: StreamCounters): StreamCounters {
  const sum = {
    encoded: 0,
    copied: 0,
    skipped: 0,
    failed: 0,
    sent: 0,
    dropped: 0,
    bytes: 0,
    ...more,
  };
  for (const { rendition, broadcaster } of streams) {
    const { encoded, copied, dropped: skipped, failed } = rendition.counters;
    const { sent, dropped, bytes } = broadcaster.counters;
    const own = { encoded, copied, skipped, failed, sent, dropped, bytes };
    for (const name of Object.keys(own) as (keyof typeof own)[]) sum[name] += own[name];
  }
  return sum;
}
