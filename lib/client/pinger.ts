import { ServerClock } from "../server/element/link/clock.js";

/** Until the first answers have come, pings are sent faster: a new connection is busy. */
const FIRST_PING_MS = 500;
const FIRST_PINGS = 3;
const PING_MS = 5000;
/**
 * The link is dead after this many unanswered pings in a row, if the server has ever answered one.
 */
const MAX_UNANSWERED = 3;

/** Asks a server for its time, by pings over its connection. */
export interface Pinger {
  /** How far the server's clock is ahead of ours, in milliseconds; 0 until a ping is answered. */
  readonly offsetMs: number;
  /** Asks from now on. */
  start(): void;
  /** Asks no more. */
  stop(): void;
  /** Takes an answer: the ping's `id`, and the server's time in seconds since 1970. */
  hear(id: unknown, timestamp: number): void;
}

export interface PingerOptions {
  /** Sends a ping. */
  ping: (id: number) => void;
  /** Called when a server that used to answer stops answering. */
  onDead: () => void;
}

/** A pinger that has sent nothing yet. */
export function createPinger({ ping, onDead }: PingerOptions): Pinger {
  const clock = new ServerClock();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sent = 0;
  let sentAt = 0;
  let hasHeard = false;
  let unanswered = 0;
  const send = (): void => {
    if (hasHeard && unanswered >= MAX_UNANSWERED) return onDead();
    unanswered++;
    timer = setTimeout(send, ++sent < FIRST_PINGS ? FIRST_PING_MS : PING_MS);
    sentAt = Date.now();
    ping(sentAt);
  };
  return {
    get offsetMs() {
      const { offset, roundTrip } = clock.best ?? { offset: 0, roundTrip: 0 };
      // Clocks that differ by less than a round trip count as equal.
      return Math.abs(offset) <= roundTrip / 2 + 1 ? 0 : offset;
    },
    start: send,
    stop: () => clearTimeout(timer),
    hear(id, timestamp) {
      hasHeard = true;
      unanswered = 0;
      if (id === sentAt) clock.add(timestamp, Date.now() - sentAt);
    },
  };
}
