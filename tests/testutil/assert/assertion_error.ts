/** The error of a failed assertion. */
export class AssertionError extends Error {
  /**
   * Makes the error; throwing it is the caller's.
   *
   * @param message The expected value and the one that came.
   * @param options The `cause`, where there is one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}
