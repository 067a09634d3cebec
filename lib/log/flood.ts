/** Writes a line that is due. */
export type WriteLine<Level> = (level: Level, message: string) => void;

/**
 * This many at once, after a quiet time; each level has its own budget, so that no chatter hides an
 * error.
 */
const BURST = 50;
/** From then on. */
const LINES_PER_SECOND = 10;
const PERIOD_MS = 1000;

/** A message that was written recently. */
interface Written {
  since: number;
  /** How often it was repeated. */
  more: number;
}

/** The budget of one level, and how much of it is used. */
interface Account {
  allowance: number;
  filledAt: number;
  leftOut: number;
  /** By message, the oldest first. */
  recent: Map<string, Written>;
}

/**
 * Limits floods of log lines. A message repeated within a second is counted, and so is every line
 * beyond a level's budget; the counts are written once a second, and at the end.
 */
export class Flood<Level> implements Disposable {
  readonly #write: WriteLine<Level>;
  readonly #accounts = new Map<Level, Account>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(write: WriteLine<Level>) {
    this.#write = write;
  }

  /**
   * Writes a line, or counts it.
   *
   * @param now in milliseconds on a monotonic clock
   */
  add(level: Level, message: string, now: number = performance.now()): void {
    const account = this.#account(level, now);
    forget(account, now);
    const written = account.recent.get(message);
    if (written) {
      written.more++;
    } else if (take(account, now)) {
      account.recent.set(message, { since: now, more: 0 });
      return this.#write(level, message);
    } else {
      account.leftOut++;
    }
    this.#sumUpSoon();
  }

  /**
   * Writes pending counts.
   *
   * @param now in milliseconds on a monotonic clock
   */
  sumUp(now: number = performance.now()): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [level, account] of this.#accounts) {
      for (const [message, { more }] of [...account.recent]) {
        if (more === 0) continue;
        // Its second starts over: an endless repetition is one line a second.
        account.recent.delete(message);
        account.recent.set(message, { since: now, more: 0 });
        if (take(account, now)) this.#write(level, `${message} (${times(more)} more)`);
        else account.leftOut += more;
      }
      const { leftOut } = account;
      account.leftOut = 0;
      if (leftOut > 0) this.#write(level, `${lines(leftOut)} more were left out`);
    }
  }

  /** Writes pending counts, at the end. */
  [Symbol.dispose](): void {
    this.sumUp();
  }

  #account(level: Level, now: number): Account {
    const known = this.#accounts.get(level);
    if (known) return known;
    const account = { allowance: BURST, filledAt: now, leftOut: 0, recent: new Map() };
    this.#accounts.set(level, account);
    return account;
  }

  #sumUpSoon(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.sumUp(), PERIOD_MS);
    // A pending count must not keep the program alive; disposing writes it.
    Deno.unrefTimer(this.#timer);
  }
}

/** Whether one more line may be written. */
function take(account: Account, now: number): boolean {
  const earned = (now - account.filledAt) / 1000 * LINES_PER_SECOND;
  account.allowance = Math.min(BURST, account.allowance + earned);
  account.filledAt = now;
  if (account.allowance < 1) return false;
  account.allowance--;
  return true;
}

/** Forgets messages written a second ago, unless their count is still pending. */
function forget({ recent }: Account, now: number): void {
  for (const [message, { since, more }] of recent) {
    if (now - since < PERIOD_MS) return;
    if (more === 0) recent.delete(message);
  }
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function lines(count: number): string {
  return count === 1 ? "1 line" : `${count} lines`;
}
