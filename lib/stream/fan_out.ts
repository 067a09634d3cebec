import type { EncodedPicture } from "../encoder/encoder.ts";
import type { Picture } from "./picture.ts";
import type { Recipient, Tally } from "./recipient.ts";

export interface FanOutOptions {
  /** The camera's name for viewers. */
  camera: string;
  /** The viewers that get the pictures; they come and go. */
  recipients: ReadonlySet<Recipient>;
  /** Counts the pictures they get. */
  tally: Tally;
}

/** Passes the pictures of one stream to all viewers, and never waits for any of them. */
export interface FanOut {
  /** The last picture, however old. */
  readonly last: Picture | undefined;
  /** Passes on a picture that was just made. */
  hand(encoded: EncodedPicture): void;
  /** Gives a new viewer what is there already. */
  greet(recipient: Recipient): void;
  /** Repeats the last picture for viewers that have joined since. */
  again(): void;
  /** Nobody wants pictures any more, for now. */
  rest(): void;
  /** There are no more pictures: an old one would look as if the camera were back. */
  clear(): void;
}
