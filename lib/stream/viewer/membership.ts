import type { ViewerSettings } from "../../protocol/viewer_settings.ts";
import type { PictureForm } from "../picture.ts";
import type { RenditionBudget } from "../rendition_budget.ts";
import type { ServedCamera } from "../served_camera.ts";
import type { Stream } from "../stream.ts";
import { AnnotationFeed } from "./annotation_feed.ts";
import { asksForNothing, deliveryOf } from "./delivery.ts";
import type { Link } from "./link.ts";
import { Viewer } from "./viewer.ts";
import { joinWanted, wantedShape } from "./wanted_shape.ts";

export interface MembershipOptions {
  /** The viewer's address: `192.0.2.5:51234`. */
  address: string;
  /**
   * The owner that viewers are counted for; `undefined` for programs of this machine, which aren't
   * counted.
   */
  owner?: string | undefined;
  /** The form of its pictures; by default its settings decide. */
  form?: PictureForm;
  /**
   * Called when a viewer that asks for nothing gets smaller pictures, because the camera's are too
   * large.
   */
  onFit?: (camera: string) => void;
}

/** The stream that a viewer gets, and how. */
export class Membership {
  /** The viewer. */
  readonly viewer: Viewer;
  readonly #options: MembershipOptions;
  readonly #annotations: AnnotationFeed;
  #settings: ViewerSettings;
  #stream: Stream | undefined;
  /**
   * The camera of the last pictures. Another one has its own numbering, even with the same name.
   */
  #joined: ServedCamera | undefined;
  /** Whether it gets only key frames, because the rate it wants is unavailable. */
  #isSparse = false;

  constructor(link: Link, settings: ViewerSettings, options: MembershipOptions) {
    const { address } = options;
    this.#options = options;
    this.#settings = settings;
    this.viewer = new Viewer(link, { address, onTooLong: () => this.#fit() });
    this.#annotations = new AnnotationFeed(this.viewer);
  }

  /** The stream, if it gets one. */
  get stream(): Stream | undefined {
    return this.#stream;
  }

  /** Whether it gets pictures of this very camera. */
  isOf(served: ServedCamera | undefined): boolean {
    return this.#stream !== undefined && this.#joined === served;
  }

  /** Sends pictures by these settings, on the same stream. */
  deliver(settings: ViewerSettings): void {
    this.#settings = settings;
    this.viewer.delivery = deliveryOf(settings, this.#options.form, this.#isSparse);
    this.#followAnnotations();
  }

  /**
   * Switches to what the settings ask for.
   *
   * @returns the stream, if it is available; otherwise the previous one continues, unless it is
   *   another camera's
   */
  join(served: ServedCamera, budget: RenditionBudget): Stream | undefined {
    this.viewer.forgetWaiting();
    this.#isSparse = false;
    this.deliver(this.#settings);
    const isSame = served === this.#joined;
    if (!isSame) this.viewer.reset();
    const shape = wantedShape(this.#settings, served);
    const left = isSame ? this.#stream : undefined;
    const { owner } = this.#options;
    const stream = joinWanted(served, this.viewer, shape, { left, owner, budget });
    if (stream === undefined) return undefined;
    if (!isSame) this.leave();
    this.#joined = served;
    this.#stream = stream;
    this.#isSparse = shape.codec === "h264" && shape.maxFps !== stream.maxFps;
    return stream;
  }

  /** Sends nothing more. */
  leave(): void {
    this.#stream?.remove(this.viewer);
    this.#stream = undefined;
    this.#followAnnotations();
  }

  /**
   * Deferred until the current offer is finished: then the viewer gets pictures that it can take.
   */
  #fit(): void {
    queueMicrotask(() => {
      if (this.#stream === undefined || this.#joined === undefined) return;
      const { form, onFit } = this.#options;
      if (!asksForNothing(this.#settings, form)) return;
      const fitting = this.#joined.joinFitting(this.viewer, this.#stream);
      if (fitting !== this.#stream) onFit?.(this.#joined.name);
      this.#stream = fitting;
    });
  }

  /**
   * Subscribes to annotations if pictures are sent over a WebSocket and annotations are asked for.
   */
  #followAnnotations(): void {
    const isAsked = this.#settings.annotations && this.#options.form === undefined;
    const joined = this.#stream && isAsked ? this.#joined : undefined;
    this.#annotations.follow(joined?.annotations);
  }
}
