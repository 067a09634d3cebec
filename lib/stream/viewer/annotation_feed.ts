import type { Annotations } from "../annotations.ts";
import type { Viewer } from "./viewer.ts";

/** Sends one viewer what programs say of the pictures that it watches: of each program the newest. */
export class AnnotationFeed {
  readonly #viewer: Viewer;
  #annotations: Annotations | undefined;
  #stop = (): void => {};

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
  }

  /** Sends what is said of one camera from now on, beginning with what lasts still; nothing for `undefined`. */
  follow(annotations: Annotations | undefined): void {
    if (annotations === this.#annotations) return;
    this.#annotations = annotations;
    this.#stop();
    this.#viewer.forgetWords();
    const stop = annotations?.watch((from, text) => this.#viewer.tellSoon(from, text));
    this.#stop = stop ?? (() => {});
  }
}
