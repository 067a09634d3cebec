/** Carries messages to a viewer: its connection. */
export interface Link {
  /** Bytes handed over that the system has not taken yet. */
  readonly pending: number;
  /** Whether bytes are on their way to the other end and it takes them, however slowly; `false` if that isn't known. */
  readonly isTaking: boolean;
  /** Whether the other end has not read yet what it was sent some time ago, where that is known. */
  readonly isBehind?: boolean;
  /** Sends one message. Never throws, also when the connection is gone. */
  send(message: string | Uint8Array<ArrayBuffer>): void;
  /** Ends the connection. */
  drop(reason: string): void;
}
