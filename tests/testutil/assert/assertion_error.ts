/** The error of a failed assertion. */
export class AssertionError extends Error {
  /**
   * Makes the error; the caller throws it.
   *
   * @param message The expected and the actual value.
   * @param options The `cause`, if there is one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}
