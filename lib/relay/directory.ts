import type { Logger } from "../log.ts";
import { quote } from "../protocol/quote.ts";
import type { BrokerLink } from "./broker/broker.ts";
import type { BrokerMessage } from "./broker/broker_message.ts";
import { type Announcement, parseAnnouncement } from "./broker/messages.ts";
import { cameraOfStatus, EVERY_STATUS, subjectsOf } from "./subjects.ts";

export interface DirectoryOptions {
  /**
   * The cameras to look for.
   *
   * @default {every one}
   */
  cameras?: readonly string[];
  /** Receives changes. */
  log: Logger;
}

interface KnownPublisher {
  announcement: Announcement;
  /** When it was heard first and last, as a count of all messages by then. */
  firstAt: number;
  lastAt: number;
  /** Half seconds since it was heard. */
  ticks: number;
}

const TICK_MS = 500;
/**
 * A publisher announces itself every second: after three missed announcements it counts as dead.
 */
const MAX_TICKS = 7;
/** Limits what others can make us remember. */
const MAX_CAMERAS = 1000;
const MAX_PUBLISHERS = 8;

/**
 * Knows the publishers of each camera on a broker. If several wscams publish the same name, all
 * edges take the one that began first, so that pictures of two cameras never mix.
 */
export class Directory implements Disposable {
  readonly #log: Logger;
  readonly #broker: BrokerLink;
  readonly #cameras = new Map<string, Map<string, KnownPublisher>>();
  readonly #observers = new Set<(camera: string) => void>();
  readonly #saidTwice = new Set<string>();
  readonly #listening = new Map<string, () => void>();
  #isAsking = false;
  #messages = 0;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(broker: BrokerLink, { cameras, log }: DirectoryOptions) {
    this.#broker = broker;
    this.#log = log;
    this.widen(cameras);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Also looks for these cameras; without an argument, for every one. Earlier requests stay. */
  widen(cameras?: readonly string[]): void {
    const subjects = cameras?.map((each) => subjectsOf(each).status) ?? [EVERY_STATUS];
    for (const subject of subjects) {
      if (this.#listening.has(subject)) continue;
      const stop = this.#broker.listen(subject, (message) => this.#take(message));
      this.#listening.set(subject, stop);
    }
  }

  /** The broker's address, without passwords. */
  get name(): string {
    return this.#broker.name;
  }

  /** Whether a camera is currently published. */
  has(camera: string): boolean {
    return this.#cameras.has(camera);
  }

  /** The names of the currently published cameras. */
  get cameras(): string[] {
    return [...this.#cameras.keys()];
  }

  /** Whether the broker allows us to listen. */
  get isRefused(): boolean {
    return [...this.#listening.keys()].some((subject) => this.#broker.isRefused(subject));
  }

  /** The publisher of a camera, and the camera's state there. */
  find(camera: string): Announcement | undefined {
    const publishers = this.#cameras.get(camera)?.values() ?? [];
    const [first] = Array.from(publishers, ({ announcement }) => announcement).sort(byAge);
    return first;
  }

  /**
   * A publisher's picture has come: it is alive, even if its announcements wait behind its
   * pictures.
   */
  heard(camera: string, instance: string): void {
    const publisher = this.#cameras.get(camera)?.get(instance);
    if (publisher) publisher.ticks = 0;
  }

  /** Calls a function with each camera that has changed, until told to stop. */
  observe(observer: (camera: string) => void): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const stop of this.#listening.values()) stop();
  }

  #take({ subject, data }: BrokerMessage): void {
    const camera = cameraOfStatus(subject);
    const announcement = parseAnnouncement(data);
    if (camera === undefined || announcement === undefined) return;
    if (announcement.state === "gone") this.#forget(camera, announcement.instance);
    else this.#remember(camera, announcement);
  }

  #remember(camera: string, announcement: Announcement): void {
    const publishers = this.#cameras.get(camera) ?? new Map<string, KnownPublisher>();
    const known = publishers.get(announcement.instance);
    if (publishers.size === 0 && this.#cameras.size >= MAX_CAMERAS) return;
    if (known === undefined && publishers.size >= MAX_PUBLISHERS) return;
    const lastAt = ++this.#messages;
    const firstAt = known?.firstAt ?? lastAt;
    publishers.set(announcement.instance, { announcement, firstAt, lastAt, ticks: 0 });
    this.#cameras.set(camera, publishers);
    // A publisher that crashed and was restarted no longer uses its old identity.
    const others = [...publishers.values()].filter((each) => each.lastAt !== lastAt);
    if (others.some((each) => each.lastAt > firstAt)) this.#sayTwice(camera);
    const { state, code, reason } = known?.announcement ?? {};
    const isSame = state === announcement.state && code === announcement.code &&
      reason === announcement.reason;
    if (!isSame) this.#notify(camera);
  }

  #forget(camera: string, instance: string): void {
    const publishers = this.#cameras.get(camera);
    if (publishers === undefined || !publishers.delete(instance)) return;
    if (publishers.size === 0) this.#cameras.delete(camera);
    if (publishers.size < 2) this.#saidTwice.delete(camera);
    this.#notify(camera);
  }

  /** Called once for each camera, until it is published again. */
  #sayTwice(camera: string): void {
    if (this.#saidTwice.has(camera)) return;
    this.#saidTwice.add(camera);
    this.#log.warn(
      `Camera ${
        quote(camera)
      } is published twice on ${this.#broker.name}: pictures are taken from ` +
        `${
          quote(this.find(camera)?.host ?? "")
        }, which began first; give each camera a name of its own`,
    );
  }

  /**
   * Silence is counted while this program runs: a process that was stopped must not blame others
   * for the gap.
   */
  #tick(): void {
    let isSilent = false;
    for (const publishers of this.#cameras.values()) {
      for (const publisher of publishers.values()) {
        isSilent = ++publisher.ticks >= MAX_TICKS || isSilent;
      }
    }
    if (isSilent && this.#broker.connectedAt !== undefined) void this.#forgetSilent();
  }

  /** Nothing can be concluded about publishers while the broker itself is silent. */
  async #forgetSilent(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const isThere = await this.#broker.confirm();
    this.#isAsking = false;
    if (!isThere) return;
    for (const [camera, publishers] of this.#cameras) {
      for (const [instance, { ticks }] of publishers) {
        if (ticks >= MAX_TICKS) this.#forget(camera, instance);
      }
    }
  }

  #notify(camera: string): void {
    for (const observer of this.#observers) observer(camera);
  }
}

function byAge(a: Announcement, b: Announcement): number {
  return a.since - b.since || (a.instance < b.instance ? -1 : 1);
}
