import type { Annotation } from "../protocol/annotation.ts";
import { annotationText } from "../protocol/message.ts";

/** A program's present words about a camera's pictures. */
export interface Remark {
  /** The words. */
  readonly annotation: Annotation;
  /** The program. */
  readonly from: string;
  /** When it lasts no longer, by the clock of `performance.now`. */
  readonly until: number;
  /** Whether the program is a client of this server; if not, another server has passed it on. */
  readonly isOwn: boolean;
}

/** Another server that shows the same camera. */
export interface AnnotationPeer {
  /** A client of this server has said something. */
  said(remark: Remark): void;
  /** The first viewer here asks for annotations, or the last one no longer does. */
  wanted(isWanted: boolean): void;
}

/** Takes what a program says; of each program, the newest counts. */
export type AnnotationWatcher = (from: string, text: () => string) => void;

/** A message lasts as long as it says, give or take so much: it is written once for all who get it by then. */
const REWRITE_MS = 20;
/**
 * The number of programs that may speak of one camera; the one that has been silent for the longest
 * gives way.
 */
const MOST_PROGRAMS = 16;

/**
 * The words of programs about one camera's pictures: the last ones of each, for as long as they
 * last.
 */
export class Annotations {
  readonly #remarks = new Map<string, Remark>();
  readonly #watchers = new Set<AnnotationWatcher>();
  readonly #peers = new Set<AnnotationPeer>();
  readonly #camera: string;
  readonly #now: () => number;

  /**
   * Nothing is said yet.
   *
   * @param camera what viewers call it
   * @param now clock in milliseconds that never jumps
   */
  constructor(camera: string, now: () => number = () => performance.now()) {
    this.#camera = camera;
    this.#now = now;
  }

  /** The words that last still, by program. */
  get remarks(): readonly Remark[] {
    const now = this.#now();
    for (const [from, { until }] of this.#remarks) {
      if (until <= now) this.#remarks.delete(from);
    }
    return [...this.#remarks.values()];
  }

  /** Tells all who watch, and other servers if it was said here. Takes the place of what that program said before. */
  add(annotation: Annotation, { from, isOwn }: Pick<Remark, "from" | "isOwn">): void {
    const until = this.#now() + annotation.for * 1000;
    const remark: Remark = { annotation, from, until, isOwn };
    this.#remarks.delete(from);
    this.#remarks.set(from, remark);
    const [oldest] = this.#remarks.keys();
    if (this.#remarks.size > MOST_PROGRAMS && oldest !== undefined) this.#remarks.delete(oldest);
    const text = this.#textOf(remark);
    for (const watcher of this.#watchers) watcher(from, text);
    if (!isOwn) return;
    for (const peer of this.#peers) peer.said(remark);
  }

  /** Calls a function with what lasts and with all that comes, until it is told to stop. */
  watch(watcher: AnnotationWatcher): () => void {
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) this.#tellPeers(true);
    for (const remark of this.remarks) watcher(remark.from, this.#textOf(remark));
    return () => {
      if (this.#watchers.delete(watcher) && this.#watchers.size === 0) this.#tellPeers(false);
    };
  }

  /** Has another server told what is said here, until the function that is returned is called. */
  join(peer: AnnotationPeer): () => void {
    this.#peers.add(peer);
    if (this.#watchers.size > 0) peer.wanted(true);
    return () => void this.#peers.delete(peer);
  }

  /** Writes the message to viewers: it lasts as long as is left when that is done. */
  #textOf({ annotation, from, until }: Remark): () => string {
    const camera = this.#camera;
    let text = "";
    let madeAt = -Infinity;
    return () => {
      const now = this.#now();
      if (now - madeAt < REWRITE_MS) return text;
      madeAt = now;
      const left = Math.max(0, Math.round(until - now)) / 1000;
      return text = annotationText({ camera, ...annotation, for: left, from });
    };
  }

  #tellPeers(isWanted: boolean): void {
    for (const peer of this.#peers) peer.wanted(isWanted);
  }
}
