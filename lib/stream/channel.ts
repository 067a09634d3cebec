import type { CameraStatus } from "../camera/audience.ts";
import { Camera, type CameraOptions } from "../camera/camera.ts";
import { CameraControl, type CameraControlOptions } from "../camera/camera_control.ts";
import { DEFAULT_QUALITY } from "../camera/ffmpeg_args.ts";
import type { Source } from "../camera/source.ts";
import { Rendition } from "../encoder/rendition.ts";
import { RenditionEncoder, type RenditionShape } from "../encoder/rendition_encoder.ts";
import { type AddOptions, Broadcaster } from "./broadcaster.ts";
import type { Picture } from "./picture.ts";
import type { Tally, Viewer } from "./viewer.ts";

/** Options of {@linkcode Channel}. */
export interface ChannelOptions extends CameraOptions {
  /** What viewers call the camera. */
  name: string;
  /** Where its frames come from, in words that may be shown to anybody. */
  description: string;
  /** JPEG quality, 0 to 100, of frames that come as pixels. @default {80} */
  quality?: number | undefined;
  /** Which ffmpeg makes other renditions of pictures that come as JPEG. @default {"ffmpeg"} */
  ffmpeg?: string;
  /** How it can be controlled from afar, if it can. */
  control?: Omit<CameraControlOptions, "onChange" | "ffmpeg">;
  /** Called for each frame that was encoded, with how long that took. */
  onEncoded?: (seconds: number) => void;
  /** Called for each picture that is broadcast, with its age in seconds. */
  onBroadcast?: (ageSeconds: number) => void;
}

/** One rendition of a camera, and who watches it. */
export interface Stream extends RenditionShape {
  /** The camera's frames, encoded. */
  readonly rendition: Rendition;
  /** Who watches. */
  readonly broadcaster: Broadcaster;
}

/** What was done over all renditions. */
export interface ChannelCounters extends Readonly<Tally> {
  /** Frames encoded. */
  readonly encoded: number;
  /** Frames passed on as the JPEG that they were. */
  readonly copied: number;
  /** Frames that gave way to a newer one before they were encoded. */
  readonly skipped: number;
  /** Frames that the encoder refused. */
  readonly failed: number;
}

/** Why a viewer finds no place, in words that follow the camera's name. */
export const NO_PLACE: string = "has as many renditions as it may; " +
  "take a 'quality' and 'width' that another viewer has";

/** More would be encoded for nobody's good. */
const MAX_STREAMS = 8;
const OWN: RenditionShape = { quality: null, width: null };

/** Builds the chain from a source to its viewers. */
export function createChannel(source: Source, options: ChannelOptions): Channel {
  return new Channel(source, options);
}

/** A camera with everything between it and its viewers: one stream for each rendition that is watched. */
export class Channel implements AsyncDisposable {
  /** What viewers call the camera. */
  readonly name: string;
  /** Where its frames come from, in words that may be shown to anybody. */
  readonly source: string;
  /** The source, kept alive. */
  readonly camera: Camera;
  /** Remote control, where there is any. */
  readonly control: CameraControl | undefined;
  readonly #options: ChannelOptions;
  #quality: number | undefined;
  readonly #own: Stream;
  readonly #observers = new Set<(status: CameraStatus) => void>();
  /** The last status that observers were told. */
  #told: CameraStatus | undefined;
  readonly #streams = new Map<string, Stream & { encoder: RenditionEncoder }>();
  /** Encoders that are coming to their end. */
  readonly #endings = new Set<Promise<void>>();
  #isClosed = false;
  /** What streams did that are gone. */
  #past: ChannelCounters = countersOf([]);

  /** Opens nothing yet, unless the camera is always on. */
  constructor(source: Source, options: ChannelOptions) {
    this.name = options.name;
    this.source = options.description;
    this.camera = new Camera(source, options);
    this.#options = options;
    const { control, quality, ffmpeg = "ffmpeg" } = options;
    this.#quality = quality;
    this.control = control && new CameraControl(this.camera, {
      ...{ ...control, ffmpeg },
      onChange: (capture) => this.#quality = capture.quality,
    });
    this.#own = this.#create(OWN);
    this.camera.observe(() => this.#tell());
  }

  /** The camera's status; failed as well while its frames come, and no rendition that is wanted can be made. */
  get status(): CameraStatus {
    const wanted = this.streams.filter(({ rendition }) => rendition.isWanted);
    const statuses = wanted.map(({ rendition }) => rendition.status);
    const [first] = statuses;
    const hasNone = statuses.every(({ state }) => state === "failed");
    return hasNone && first ? first : this.camera.status;
  }

  /** Calls a function when the status changes, without opening anything, until it is told to stop. */
  observe(onStatus: (status: CameraStatus) => void): () => void {
    this.#observers.add(onStatus);
    return () => void this.#observers.delete(onStatus);
  }

  /** The camera's own rendition. */
  get rendition(): Rendition {
    return this.#own.rendition;
  }

  /** Who watches the camera's own rendition. */
  get broadcaster(): Broadcaster {
    return this.#own.broadcaster;
  }

  /** The camera's own rendition, and the others that are watched. */
  get streams(): readonly Stream[] {
    return [...this.#streams.values()];
  }

  /** How many watch. */
  get size(): number {
    return this.streams.reduce((sum, { broadcaster }) => sum + broadcaster.size, 0);
  }

  /** Whether there will never be a picture again. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** What was done over all renditions that ever were. */
  get counters(): ChannelCounters {
    return countersOf(this.streams, this.#past);
  }

  /** The last picture of a rendition, however long ago, if the rendition is still there. */
  lastOf({ quality, width }: RenditionShape): Picture | undefined {
    return this.#streams.get(keyOf(quality, width))?.broadcaster.last;
  }

  /**
   * Sends pictures of one rendition to a viewer, until the function that it returns is called.
   *
   * @returns nothing, if there are too many renditions already
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

  /** Closes the camera, and everything that was started for its viewers. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const encoders = [...this.#streams.values()].map(({ encoder }) => encoder.stop());
    await Promise.all([this.control?.close(), this.camera.close(), ...encoders, ...this.#endings]);
  }

  /** Same as {@linkcode Channel.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * The stream of one rendition, which is made if there isn't one; nothing, if there are too many.
   *
   * @param left the one that the viewer leaves for it: it ends with its last viewer, and makes room
   */
  #find(shape: RenditionShape, left: Stream = this.#own): Stream | undefined {
    const { quality, width } = shape;
    const stream = this.#streams.get(keyOf(quality, width));
    if (stream !== undefined) return stream;
    const ends = left !== this.#own && left.broadcaster.size === 1;
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
    const { name, ffmpeg = "ffmpeg", onEncoded, onBroadcast } = this.#options;
    const defaultQuality = (): number => this.#quality ?? DEFAULT_QUALITY;
    const encoder = new RenditionEncoder({ quality, width, defaultQuality, ffmpeg });
    const rendition = new Rendition(this.camera, (frame) => encoder.encode(frame), { onEncoded });
    rendition.observe(() => this.#tell());
    const broadcaster = new Broadcaster(rendition, { name, onBroadcast });
    const stream = { quality, width, rendition, broadcaster, encoder };
    this.#streams.set(keyOf(quality, width), stream);
    return stream;
  }

  #tell(): void {
    const { status } = this;
    // Each rendition passes on what the camera says.
    if (status === this.#told) return;
    this.#told = status;
    for (const observer of this.#observers) observer(status);
  }

  #end(ended: Stream): void {
    const key = keyOf(ended.quality, ended.width);
    const stream = this.#streams.get(key);
    // There may be another one of the same shape by now.
    if (stream !== ended || stream === this.#own) return;
    this.#streams.delete(key);
    this.#past = countersOf([stream], this.#past);
    const ending = stream.encoder.stop().finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }
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

function keyOf(quality: number | null, width: number | null): string {
  return `${quality}/${width}`;
}

function countersOf(streams: readonly Stream[], more?: ChannelCounters): ChannelCounters {
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
