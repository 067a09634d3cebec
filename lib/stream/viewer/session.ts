import { errorText } from "../../protocol/message.ts";
import { quote } from "../../protocol/quote.ts";
import type { ViewerSettings } from "../../protocol/viewer_settings.ts";
import { type CameraView, noSuchCamera } from "../cameras.ts";
import type { ServedCamera } from "../served_camera.ts";
import { ChangePacer, type Configured } from "./change_pacer.ts";
import type { Link } from "./link.ts";
import { Membership, type MembershipOptions } from "./membership.ts";
import { isSameWish, NO_VIDEO, wantedShape } from "./wanted_shape.ts";

/** An unavailable rendition in H.264 is requested again after this time, in milliseconds. */
const RETRY_MS = 5000;

/**
 * One viewer and what it has asked for: which camera, which rendition, how its pictures are sent.
 */
export class Session {
  readonly #cameras: CameraView;
  readonly #owner: string | undefined;
  readonly #pacer: ChangePacer;
  readonly #membership: Membership;
  #settings: ViewerSettings;
  /** Whether the viewer has named a camera; otherwise the first one is shown. */
  #hasNamed = false;
  /** Whether it gets pictures as soon as the camera appears. */
  #isWaiting = false;
  #stopObserving: (() => void) | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #isPaused = false;
  #isClosed = false;

  /**
   * @param cameras those that the viewer may see
   */
  constructor(link: Link, cameras: CameraView, options: MembershipOptions) {
    this.#cameras = cameras;
    this.#owner = options.owner;
    this.#pacer = new ChangePacer({
      apply: (change) => this.#configure(change),
      inForce: () => ({ ok: true, settings: this.#settings }),
      waitMs: (change) => this.#waitMs(change),
    });
    const nothing = { fps: null, quality: null, width: null } as const;
    const camera = cameras.all[0]?.name ?? "";
    this.#settings = { camera, ...nothing, format: "json", ack: false, annotations: false };
    this.#membership = new Membership(link, this.#settings, options);
  }

  /** The settings in force. */
  get settings(): Readonly<ViewerSettings> {
    return this.#settings;
  }

  /** The camera that it watches. */
  get watched(): ServedCamera | undefined {
    return this.#cameras.get(this.#settings.camera);
  }

  /**
   * Sends what the viewer asks for when it connects. A missing camera is shown as soon as it
   * appears, unless the viewer chooses another one before.
   *
   * @returns the settings in force, or why there are no pictures
   */
  begin(wanted: Partial<ViewerSettings>): Configured {
    const { camera = this.#wanted()?.name ?? "" } = wanted;
    const settings = { ...this.#settings, ...wanted, camera };
    const configured = this.#configure(settings);
    this.#hasNamed = wanted.camera !== undefined;
    if (!configured.ok) {
      this.#waitFor(settings);
    } else if (!isSameWish(settings, this.#settings, this.watched) && this.#waitMs(settings) > 0) {
      // The nearest existing one, until it is this viewer's turn.
      const { quality, width } = settings;
      void this.#pacer.run({ quality, width });
    }
    return configured;
  }

  /**
   * Changes the given settings and keeps the rest. If a rendition can't be made, the nearest
   * existing one is used. Changes of camera and rendition that come too fast wait, and only the
   * last of them is made.
   *
   * @returns the settings in force, or what is wrong: then nothing has changed
   */
  configure(change: Partial<ViewerSettings>): Configured | Promise<Configured> {
    const isSame = isSameWish({ ...this.#settings, ...change }, this.#settings, this.watched);
    // The settings in force may be needed while another change waits.
    return isSame && !this.#pacer.isWaiting || this.#isClosed
      ? this.#configure(change)
      : this.#pacer.run(change);
  }

  #configure(change: Partial<ViewerSettings>): Configured {
    const before = this.#settings;
    const settings = { ...before, ...change };
    if (this.#isClosed) return { ok: true, settings };
    const served = this.#cameras.get(settings.camera);
    if (served === undefined) {
      const isAwaited = this.#isWaiting && settings.camera === before.camera;
      if (!isAwaited) return { ok: false, message: noSuchCamera(this.#cameras, settings.camera) };
      this.#apply(settings);
      return { ok: true, settings };
    }
    this.#hasNamed ||= change.camera !== undefined;
    this.#apply(settings);
    if (this.#isPaused) return { ok: true, settings };
    const { stream } = this.#membership;
    if (isSameWish(settings, before, served) && stream) {
      stream.adapt();
      return { ok: true, settings };
    }
    const moved = this.#move(served);
    if (!moved.ok && this.#membership.stream) this.#apply(before);
    return moved;
  }

  /**
   * Sends nothing until {@linkcode Session.resume}; a camera that nobody else watches may close.
   */
  pause(): void {
    this.#isPaused = true;
    this.#pacer.flush();
    clearTimeout(this.#retry);
    this.#membership.leave();
    this.#membership.viewer.forgetWaiting();
  }

  /** Sends pictures again, the newest one first. */
  resume(): Configured {
    this.#isPaused = false;
    const { settings } = this;
    const { camera } = settings;
    if (this.#membership.stream || this.#isClosed || camera === "") return { ok: true, settings };
    const served = this.#wanted();
    const taken: Configured = served
      ? this.#take(served)
      : { ok: false, message: `camera ${quote(camera)} isn't there` };
    if (!taken.ok) this.#waitFor(this.#settings);
    return taken;
  }

  /** The viewer acknowledges all pictures up to this one. */
  acknowledge(sequence: number): void {
    this.#membership.viewer.acknowledge(sequence);
  }

  /** The viewer can take the next picture. */
  proceed(): void {
    this.#membership.viewer.proceed();
  }

  /** Sends nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#pacer.flush();
    clearTimeout(this.#retry);
    this.#stopObserving?.();
    this.#stopObserving = undefined;
    this.#isWaiting = false;
    this.#membership.leave();
  }

  /** Switches to what the settings ask for. */
  #move(served: ServedCamera): Configured {
    const stream = this.#membership.join(served, this.#cameras.budget);
    if (stream === undefined) return { ok: false, message: NO_VIDEO };
    const { quality, width } = stream;
    this.#apply({ ...this.#settings, quality, width });
    clearTimeout(this.#retry);
    this.#isWaiting = false;
    this.#observe();
    // A viewer that has taken nothing for too long is disconnected when it is offered the first
    // picture.
    if (this.#isClosed) this.#membership.leave();
    return { ok: true, settings: this.#settings };
  }

  /** The time until a change may be made, in milliseconds; 0 for a rendition that exists. */
  #waitMs(change: Partial<ViewerSettings>): number {
    const settings = { ...this.#settings, ...change };
    const served = this.#cameras.get(settings.camera);
    const isThere = !served || served.get(wantedShape(settings, served)) !== undefined;
    return isThere || this.#isPaused ? 0 : this.#cameras.budget.waitMs(this.#owner);
  }

  #waitFor(settings: ViewerSettings): void {
    this.#apply(settings);
    this.#isWaiting = true;
    this.#observe();
    clearTimeout(this.#retry);
    const waitMs = Math.min(this.#waitMs({}) || RETRY_MS, RETRY_MS);
    if (this.watched && !this.#isClosed) this.#retry = setTimeout(() => this.#look(), waitMs);
  }

  #observe(): void {
    if (!this.#isClosed) this.#stopObserving ??= this.#cameras.observe(() => this.#look());
  }

  /**
   * Cameras have come or gone: switches to the one that was awaited, or that replaces the old one.
   */
  #look(): void {
    if (this.#membership.isOf(this.watched) || this.#isPaused) return;
    const wasWatching = this.#membership.stream !== undefined;
    const served = this.#wanted();
    if (served) {
      if (!wasWatching && !this.#isWaiting) return;
      if (!this.#take(served).ok) this.#waitFor(this.#settings);
      return;
    }
    if (!wasWatching) return;
    this.#membership.leave();
    const { viewer } = this.#membership;
    viewer.forgetWaiting();
    viewer.tell(errorText(`Camera ${this.#settings.camera} isn't there any more`));
    this.#waitFor(this.#settings);
  }

  /**
   * The camera that the viewer has named. A viewer that has named none keeps its camera, and then
   * gets the first.
   */
  #wanted(): ServedCamera | undefined {
    return this.watched ?? (this.#hasNamed ? undefined : this.#cameras.all[0]);
  }

  #take(served: ServedCamera): Configured {
    this.#apply({ ...this.#settings, camera: served.name });
    return this.#move(served);
  }

  #apply(settings: ViewerSettings): void {
    this.#settings = settings;
    this.#membership.deliver(settings);
  }
}
