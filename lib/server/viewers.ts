import { atTime } from "./access/token/expiry.ts";
import { Seats, type SeatsOptions } from "./seats.ts";

/** Why we end a connection: the server ends, the share link that opened it has, or there is another token. */
export type Ending = "server" | "link" | "token";

/** Options of {@linkcode Viewers}. */
export interface ViewersOptions extends SeatsOptions {
  /** Called when a viewer has left. */
  onLeave: () => void;
}

/** Options of {@linkcode Viewers.enter}. */
export interface EnterOptions {
  /** Its address: "192.0.2.5:51234". */
  address: string;
  /** When it must end, in milliseconds since 1970; never where it is undefined. */
  expires: number | undefined;
  /** Ends the connection; called at most once for each reason. */
  end: (why: Ending) => void;
}

/** Everybody who is sent pictures, over whatever protocol. */
export class Viewers {
  readonly #seats: Seats;
  readonly #visits = new Set<Visit>();
  readonly #onLeave: () => void;

  constructor({ onLeave, ...seats }: ViewersOptions) {
    this.#seats = new Seats(seats);
    this.#onLeave = onLeave;
  }

  /** The number of viewers. */
  get size(): number {
    return this.#visits.size;
  }

  /** Why there is no seat for one from an address, if there is none. */
  refusal(address: string): string | undefined {
    return this.#seats.refusal(address);
  }

  /** Lets a viewer in, until its visit ends; nothing, if there is no seat. */
  enter(options: EnterOptions): Visit | undefined {
    const { address } = options;
    if (this.#seats.refusal(address) !== undefined) return undefined;
    const visit = new Visit(options);
    this.#visits.add(visit);
    const stand = this.#seats.take(address);
    visit.atEnd(() => {
      this.#visits.delete(visit);
      stand();
      this.#onLeave();
    });
    return visit;
  }

  /** Tells all who listen that a camera was controlled. */
  tellChange(): void {
    for (const { onChange } of this.#visits) onChange?.();
  }

  /** Lets so many in from now on; those who are there stay. */
  limit(maxClients: number): void {
    this.#seats.limit(maxClients);
  }

  /** Says goodbye to all who are there; resolves when they have left, which may be never. */
  async endAll(why: Ending = "server"): Promise<void> {
    const visits = [...this.#visits];
    const left = visits.map((visit) => new Promise<void>((resolve) => visit.atEnd(resolve)));
    for (const visit of visits) visit.end(why);
    await Promise.all(left);
  }
}

/** One viewer's stay: from its seat to whatever has to be done when it has left, which is done once. */
export class Visit {
  /** Called when somebody has controlled a camera, where the viewer wants to know. */
  onChange: (() => void) | undefined;
  readonly #end: (why: Ending) => void;
  readonly #actions: (() => void)[] = [];
  #hasLeft = false;

  /** Begins, and ends when its time is over. */
  constructor({ expires, end }: EnterOptions) {
    this.#end = end;
    this.atEnd(atTime(expires, () => this.end("link")));
  }

  /** Ends the connection from our side. */
  end(why: Ending): void {
    if (!this.#hasLeft) this.#end(why);
  }

  /** Does something when the viewer has left, the last first. */
  atEnd(action: () => void): void {
    this.#actions.push(action);
  }

  /** The viewer has left, or will never take anything again. */
  leave(): void {
    this.#hasLeft = true;
    // Each of them once, whatever the others lead to.
    for (let action; (action = this.#actions.pop()) !== undefined;) action();
  }
}
