/** The user typed something that can't be done; the message says what, and how to mend it. */
export class UsageError extends Error {
  /** Tells it from other errors. */
  override readonly name = "UsageError";
}
