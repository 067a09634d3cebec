import type { Annotations } from "../annotations.ts";
import type { Viewer } from "./viewer.ts";

/** Sends one viewer the annotations of the pictures it watches: for each program the newest. */
export class AnnotationFeed {
  readonly #viewer: Viewer;
  #annotations: Annotations | undefined;
  #stop = (): void => {};

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
  }

  /**
   * Sends one camera's annotations from now on, beginning with those that still last; none for
   * `undefined`.
   */
  follow(annotations: Annotations | undefined): void {
    if (annotations === this.#annotations) return;
    this.#annotations = annotations;
    this.#stop();
    this.#viewer.forgetWords();
    const stop = annotations?.watch((from, text) => this.#viewer.tellSoon(from, text));
    this.#stop = stop ?? (() => {});
  }
}
