import type { Annotation } from "../protocol/annotation.ts";
import { annotationText } from "../protocol/message.ts";

/** A program's current annotation of a camera's pictures. */
export interface Remark {
  /** The words. */
  readonly annotation: Annotation;
  /** The program. */
  readonly from: string;
  /** When it expires, by the clock of `performance.now`. */
  readonly until: number;
  /** Whether the program is a client of this server; if not, another server passed it on. */
  readonly isOwn: boolean;
}

/** Another server that shows the same camera. */
export interface AnnotationPeer {
  /** A client of this server has made an annotation. */
  said(remark: Remark): void;
  /** The first viewer here asks for annotations, or the last one no longer does. */
  wanted(isWanted: boolean): void;
}

/** Takes annotations; for each program, the newest counts. */
export type AnnotationWatcher = (from: string, text: () => string) => void;

/**
 * Remaining lifetimes are accurate to within this, in milliseconds: a message is written once for
 * everyone who gets it in that time.
 */
const REWRITE_MS = 20;
/** This many programs may annotate one camera; the one that has been silent longest is replaced. */
const MOST_PROGRAMS = 16;

/**
 * The annotations of one camera's pictures: for each program the last one, for as long as it lasts.
 */
export class Annotations {
  readonly #remarks = new Map<string, Remark>();
  readonly #watchers = new Set<AnnotationWatcher>();
  readonly #peers = new Set<AnnotationPeer>();
  readonly #camera: string;
  readonly #now: () => number;

  /**
   * @param camera what viewers call it
   * @param now a monotonic clock in milliseconds
   */
  constructor(camera: string, now: () => number = () => performance.now()) {
    this.#camera = camera;
    this.#now = now;
  }

  /** The annotations that still last, by program. */
  get remarks(): readonly Remark[] {
    const now = this.#now();
    for (const [from, { until }] of this.#remarks) {
      if (until <= now) this.#remarks.delete(from);
    }
    return [...this.#remarks.values()];
  }

  /**
   * Sends an annotation to all viewers, and to other servers if it was made here. It replaces the
   * program's previous one.
   */
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

  /** Calls a function with the current and all future annotations, until told to stop. */
  watch(watcher: AnnotationWatcher): () => void {
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) this.#tellPeers(true);
    for (const remark of this.remarks) watcher(remark.from, this.#textOf(remark));
    return () => {
      if (this.#watchers.delete(watcher) && this.#watchers.size === 0) this.#tellPeers(false);
    };
  }

  /** Passes annotations made here to another server, until the returned function is called. */
  join(peer: AnnotationPeer): () => void {
    this.#peers.add(peer);
    if (this.#watchers.size > 0) peer.wanted(true);
    return () => void this.#peers.delete(peer);
  }

  /** Writes the message for viewers, with the remaining lifetime at that time. */
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
