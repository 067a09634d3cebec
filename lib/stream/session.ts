import type { RenditionShape } from "../encoder/rendition_encoder.ts";
import { quote } from "../protocol/quote.ts";
import type { ViewerSettings } from "../protocol/viewer_settings.ts";
import type { Channel } from "./channel.ts";
import type { PictureForm } from "./picture.ts";
import { type Membership, NO_PLACE } from "./streams.ts";
import { type Link, Viewer } from "./viewer.ts";

/** Options of {@linkcode Session}. */
export interface SessionOptions {
  /** Where the viewer is: `192.0.2.5:51234`. */
  address: string;
  /** The form in which it gets pictures; as its settings say without. */
  form?: PictureForm;
  /** Whether cameras come and go: then one that isn't there yet is waited for. @default {false} */
  hasChangingCameras?: boolean;
}

/** What a change of settings came to. */
export type Configured = { ok: true; settings: ViewerSettings } | { ok: false; message: string };

/** Who waits for a camera gets its pictures so long after it has come, at most. */
const LOOK_MS = 500;

/** One viewer and what it has asked for: which camera, which rendition, how its pictures are sent. */
export class Session {
  readonly #channels: () => readonly Channel[];
  readonly #viewer: Viewer;
  readonly #form: PictureForm | undefined;
  readonly #hasChangingCameras: boolean;
  #settings: ViewerSettings;
  #membership: Membership | undefined;
  /** The camera whose pictures came last. Another one has numbers of its own, also of the same name. */
  #joined: Channel | undefined;
  /** Runs while the camera is waited for. */
  #timer: ReturnType<typeof setInterval> | undefined;
  #isPaused = false;
  #isClosed = false;

  /**
   * Sends nothing yet.
   *
   * @param channels the cameras that may be seen now, the default one first
   */
  constructor(link: Link, channels: () => readonly Channel[], options: SessionOptions) {
    const { address, form, hasChangingCameras = false } = options;
    this.#channels = channels;
    this.#form = form;
    this.#hasChangingCameras = hasChangingCameras;
    const [first] = channels();
    const nothing = { fps: null, quality: null, width: null } as const;
    this.#settings = { camera: first?.name ?? "", ...nothing, format: "json", ack: false };
    this.#viewer = new Viewer(link, { address });
  }

  /** What is in force now. */
  get settings(): Readonly<ViewerSettings> {
    return this.#settings;
  }

  /** The camera that is watched. */
  get channel(): Channel | undefined {
    return this.#find(this.#settings.camera);
  }

  /**
   * Sends what the viewer asks for as it comes. Where cameras come and go, one that isn't there is shown as
   * soon as it is, unless the viewer takes another one before.
   *
   * @returns what is in force now, or why there are no pictures
   */
  begin(wanted: Partial<ViewerSettings>): Configured {
    const configured = this.configure(wanted);
    const settings = { ...this.#settings, ...wanted };
    if (configured.ok || this.#find(settings.camera)) return configured;
    if (this.#hasChangingCameras) this.#waitFor(settings);
    return configured;
  }

  /**
   * Sends pictures by other settings from now on; those that aren't given stay as they are.
   *
   * @returns what is in force now, or what is wrong: then everything is as it was
   */
  configure(change: Partial<ViewerSettings>): Configured {
    const before = this.#settings;
    const settings = { ...before, ...change };
    if (this.#isClosed) return { ok: true, settings };
    const channel = this.#find(settings.camera);
    if (channel === undefined) {
      const isAwaited = this.#timer !== undefined && settings.camera === before.camera;
      if (!isAwaited) return { ok: false, message: this.#noSuchCamera(settings.camera) };
      this.#apply(settings);
      return { ok: true, settings };
    }
    this.#apply(settings);
    if (this.#isPaused) return { ok: true, settings };
    const isSame = settings.camera === before.camera && hasShapeOf(settings, before);
    if (isSame && this.#membership) {
      this.#membership.adapt();
      return { ok: true, settings };
    }
    return this.#move(channel, before);
  }

  /** Sends nothing until {@linkcode Session.resume}; a camera that nobody else watches may close. */
  pause(): void {
    this.#isPaused = true;
    this.#leave();
    this.#viewer.forgetWaiting();
  }

  /** Sends pictures again, the newest one first. */
  resume(): Configured {
    this.#isPaused = false;
    const { channel, settings } = this;
    const { camera } = settings;
    if (this.#membership || this.#isClosed || camera === "") return { ok: true, settings };
    if (channel === undefined) {
      if (this.#hasChangingCameras) this.#waitFor(settings);
      return { ok: false, message: `camera ${quote(camera)} isn't there` };
    }
    return this.#move(channel, settings);
  }

  /** Takes the viewer's word that all pictures up to this one have arrived. */
  acknowledge(sequence: number): void {
    this.#viewer.acknowledge(sequence);
  }

  /** Sends nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#stopWaiting();
    this.#leave();
  }

  /** Has what the settings name sent instead of what was sent before. */
  #move(channel: Channel, before: ViewerSettings): Configured {
    this.#viewer.forgetWaiting();
    const stayed = channel.name === before.camera ? this.#membership : undefined;
    const hasPlace = stayed?.move(this.#settings) ?? this.#join(channel);
    // A viewer that has taken nothing for too long is disconnected as it is offered the first picture.
    if (this.#isClosed) {
      stayed?.leave();
      this.#leave();
    }
    if (hasPlace) return { ok: true, settings: this.#settings };
    this.#apply(before);
    return { ok: false, message: `camera ${quote(channel.name)} ${NO_PLACE}` };
  }

  #join(channel: Channel): boolean {
    if (channel !== this.#joined) this.#viewer.reset();
    this.#joined = channel;
    const membership = channel.join(this.#viewer, this.#settings);
    if (membership === undefined) return false;
    this.#stopWaiting();
    this.#leave();
    this.#membership = membership;
    return true;
  }

  #waitFor(settings: ViewerSettings): void {
    this.#apply(settings);
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
  }

  #stopWaiting(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Who has named no camera takes the first. */
  #look(): void {
    const { camera } = this.#settings;
    const channel = camera === "" ? this.#channels()[0] : this.#find(camera);
    if (this.#isPaused || channel === undefined) return;
    this.#apply({ ...this.#settings, camera: channel.name });
    this.#move(channel, this.#settings);
  }

  #apply(settings: ViewerSettings): void {
    this.#settings = settings;
    const { fps, ack } = settings;
    this.#viewer.delivery = { fps, ack, form: this.#form ?? formOf(settings) };
  }

  #leave(): void {
    this.#membership?.leave();
    this.#membership = undefined;
  }

  /** A camera of another machine may have gone while nobody watched it. */
  #find(camera: string): Channel | undefined {
    return this.#channels().find(({ name, isClosed }) => name === camera && !isClosed);
  }

  #noSuchCamera(camera: string): string {
    const channels = this.#channels();
    if (channels.length === 0) return "there is none yet";
    const names = channels.map(({ name }) => quote(name)).join(", ");
    return `field 'camera' must be one of ${names}, got ${quote(camera)}`;
  }
}

function formOf({ format, ack }: ViewerSettings): PictureForm {
  if (format === "binary") return "file";
  return ack ? "numbered" : "text";
}

function hasShapeOf(a: RenditionShape, b: RenditionShape): boolean {
  return a.quality === b.quality && a.width === b.width;
}
