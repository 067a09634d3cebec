/** No picture can be encoded at all, whatever it shows; the message says what to do about it. */
export class EncoderError extends Error {
  /** Discriminates it from other errors. */
  override readonly name = "EncoderError";
}
