import type { Link } from "./link.ts";

/** The number of pictures that may be on their way to a viewer that acknowledges. */
const MAX_UNACKNOWLEDGED = 2;

/** Whether a viewer can take a picture now: by what its link says, and by what it acknowledges. */
export class Readiness {
  readonly #link: Pick<Link, "pending" | "isBehind">;
  #acknowledges: boolean;
  /** The numbers of unacknowledged pictures, oldest first. */
  #unacknowledged: number[] = [];

  /** @param acknowledges whether the viewer acknowledges pictures */
  constructor(link: Pick<Link, "pending" | "isBehind">, acknowledges: boolean) {
    this.#link = link;
    this.#acknowledges = acknowledges;
  }

  /** Whether the viewer has to take something else first. */
  get isBusy(): boolean {
    if (this.#link.pending > 0) return true;
    return this.#acknowledges
      ? this.#unacknowledged.length >= MAX_UNACKNOWLEDGED
      : this.#link.isBehind ?? false;
  }

  /** Whether the viewer says when it can take the next picture. */
  get willTell(): boolean {
    return this.#acknowledges || this.#link.isBehind === true;
  }

  /** Takes note of a picture that is sent. */
  sent(sequence: number): void {
    if (this.#acknowledges) this.#unacknowledged.push(sequence);
  }

  /** Takes note that all pictures up to this one have arrived. Returns whether it was one of those sent. */
  acknowledge(sequence: number): boolean {
    const at = this.#unacknowledged.indexOf(sequence);
    if (at < 0) return false;
    this.#unacknowledged.splice(0, at + 1);
    return true;
  }

  /** Forgets what is unacknowledged: the viewer may never take it. */
  reset(acknowledges = this.#acknowledges): void {
    this.#acknowledges = acknowledges;
    this.#unacknowledged = [];
  }
}
