import { atTime } from "./access/token/expiry.ts";
import { Seats, type SeatsOptions } from "./seats.ts";

/**
 * Why we end a connection: the server ends, its share link has expired, or the token has changed.
 */
export type Ending = "server" | "link" | "token";

export interface ViewersOptions extends SeatsOptions {
  /** Called when a viewer has left. */
  onLeave: () => void;
}

export interface EnterOptions {
  /** Its address: "192.0.2.5:51234". */
  address: string;
  /** When it must end, in milliseconds since 1970; never if undefined. */
  expires: number | undefined;
  /** Ends the connection; called at most once for each reason. */
  end: (why: Ending) => void;
}

/** All viewers, over whatever protocol. */
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

  /** Why there is no seat for a viewer from an address; `undefined` if there is one. */
  refusal(address: string): string | undefined {
    return this.#seats.refusal(address);
  }

  /** Admits a viewer, until its visit ends; `undefined` if there is no seat. */
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

  /** Tells all listeners that a camera was controlled. */
  tellChange(): void {
    for (const { onChange } of this.#visits) onChange?.();
  }

  /** Changes the number of seats; current viewers stay. */
  limit(maxClients: number): void {
    this.#seats.limit(maxClients);
  }

  /** Closes all viewers' connections; resolves when they have left, which may be never. */
  async endAll(why: Ending = "server"): Promise<void> {
    const visits = [...this.#visits];
    const left = visits.map((visit) => new Promise<void>((resolve) => visit.atEnd(resolve)));
    for (const visit of visits) visit.end(why);
    await Promise.all(left);
  }
}

/**
 * One viewer's stay: from taking its seat to the clean-up after it has left, which is done once.
 */
export class Visit {
  /** Called when somebody has controlled a camera, if the viewer wants to know. */
  onChange: (() => void) | undefined;
  readonly #end: (why: Ending) => void;
  readonly #actions: (() => void)[] = [];
  #hasLeft = false;

  /** Begins; ends when its time is over. */
  constructor({ expires, end }: EnterOptions) {
    this.#end = end;
    this.atEnd(atTime(expires, () => this.end("link")));
  }

  /** Ends the connection from our side. */
  end(why: Ending): void {
    if (!this.#hasLeft) this.#end(why);
  }

  /** Registers a function for when the viewer has left; the last one is called first. */
  atEnd(action: () => void): void {
    this.#actions.push(action);
  }

  /** The viewer has left, or will never read anything again. */
  leave(): void {
    this.#hasLeft = true;
    // Each is called once, whatever the others cause.
    for (let action; (action = this.#actions.pop()) !== undefined;) action();
  }
}
