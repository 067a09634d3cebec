/**
 * The facts that wscam keeps about a connection. Numbers only: they are updated for every request
 * and message.
 */
export class ConnectionFacts {
  /** The number of requests being answered, plus one while the WebSocket is open. */
  active = 0;
  /** Incremented for every complete request and message. */
  whole = 0;
  /** The bytes of those messages, or somewhat fewer. */
  wholeBytes = 0;
  /** The maximum size of an unfinished message; the general limit if undefined. */
  unfinishedBytes: number | undefined;
  /** Whether we have sent our close. */
  isLeaving = false;
  /** Whether it was disconnected for a message that did not end. */
  isFlooding = false;
  /** Whether it has recently taken what was sent to it; set by the sweeper if that can be known. */
  isTaking = false;

  /** A request has come, or a WebSocket has been opened. */
  begin(): void {
    this.active++;
    this.whole++;
  }

  /** A message has come. */
  hear(bytes: number): void {
    this.whole++;
    this.wholeBytes += bytes;
  }

  /** The request has been answered, or the WebSocket closed. */
  end(): void {
    this.active--;
    this.whole++;
  }
}
