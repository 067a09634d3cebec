/**
 * The facts that the program keeps about a connection. Numbers only: they are written for every
 * request and every message that comes.
 */
export class ConnectionFacts {
  /** Requests that are being answered, and the WebSocket, while it is open. */
  active = 0;
  /** Goes up with every request and message that has come whole. */
  whole = 0;
  /** The bytes of the messages among them, or somewhat fewer. */
  wholeBytes = 0;
  /** The most bytes of an unfinished message; the same as for all others, if undefined. */
  unfinishedBytes: number | undefined;
  /** Whether we have said goodbye. */
  isLeaving = false;
  /** Whether it was disconnected for a message that did not end. */
  isFlooding = false;
  /** Whether it has been taking, of late, what there is for it: where that can be known, the sweeper says so. */
  isTaking = false;

  /** A request has come, or a WebSocket is open. */
  begin(): void {
    this.active++;
    this.whole++;
  }

  /** A message has come. */
  hear(bytes: number): void {
    this.whole++;
    this.wholeBytes += bytes;
  }

  /** The request is answered, or the WebSocket closed. */
  end(): void {
    this.active--;
    this.whole++;
  }
}
