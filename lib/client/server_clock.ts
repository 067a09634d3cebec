/** Until the first answers are there, pings come faster: the connection is busy when it is new. */
const FIRST_PING_MS = 500;
const FIRST_PINGS = 3;
const PING_MS = 5000;
/** The link is dead after this many unanswered pings in a row, if the server has ever answered one. */
const MAX_UNANSWERED = 3;

/** How far a server's clock is ahead of ours, asked by pings over its connection. */
export interface ServerClock {
  /** In milliseconds; 0 until a ping is answered. */
  readonly offsetMs: number;
  /** Asks from now on. */
  start(): void;
  /** Asks no more. */
  stop(): void;
  /** Takes an answer: the ping's `id`, and the server's time in seconds since 1970. */
  hear(id: unknown, timestamp: number): void;
}

/** Options of {@linkcode createServerClock}. */
export interface ServerClockOptions {
  /** Sends a ping. */
  ping: (id: number) => void;
  /** Called when a server that answered before answers no more. */
  onDead: () => void;
}

/** A clock that has asked nothing yet. */
export function createServerClock({ ping, onDead }: ServerClockOptions): ServerClock {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sent = 0;
  let sentAt = 0;
  let best = Infinity;
  let offsetMs = 0;
  let hasHeard = false;
  let unanswered = 0;
  const send = (): void => {
    if (hasHeard && unanswered >= MAX_UNANSWERED) return onDead();
    unanswered++;
    timer = setTimeout(send, ++sent < FIRST_PINGS ? FIRST_PING_MS : PING_MS);
    // Clocks drift: a round trip from long ago loses its say slowly.
    best *= 1.2;
    sentAt = Date.now();
    ping(sentAt);
  };
  return {
    get offsetMs() {
      return offsetMs;
    },
    start: send,
    stop: () => clearTimeout(timer),
    hear(id, timestamp) {
      hasHeard = true;
      unanswered = 0;
      const now = Date.now();
      const roundTrip = now - sentAt;
      if (id !== sentAt || roundTrip >= best) return;
      best = Math.max(1, roundTrip);
      const measured = timestamp * 1000 - (sentAt + now) / 2;
      // Clocks that differ by less than a round trip count as equal.
      offsetMs = Math.abs(measured) <= roundTrip / 2 + 1 ? 0 : measured;
    },
  };
}
