/** Carries messages to a viewer: its connection. */
export interface Link {
  /** Bytes handed over that the system has not accepted yet. */
  readonly pending: number;
  /**
   * Whether bytes are in flight and the other end takes them, however slowly; `false` if that isn't
   * known.
   */
  readonly isTaking: boolean;
  /** Whether the other end has not yet read what was sent some time ago, if that is known. */
  readonly isBehind?: boolean;
  /** Sends one message. Never throws, even when the connection is gone. */
  send(message: string | Uint8Array<ArrayBuffer>): void;
  /** Ends the connection. */
  drop(reason: string): void;
}
