/** The user asked for something impossible; the message says what it is, and how to mend it. */
export class UsageError extends Error {
  /** Discriminates it from other errors. */
  override readonly name = "UsageError";
}
