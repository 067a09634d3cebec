import type { EncodedPicture } from "../encoder/encoder.ts";
import type { Picture } from "./picture.ts";
import type { Recipient, Tally } from "./recipient.ts";

/** Options of a {@linkcode FanOut}. */
export interface FanOutOptions {
  /** The camera's name for viewers. */
  camera: string;
  /** The recipients of the pictures; they come and go. */
  recipients: ReadonlySet<Recipient>;
  /** Counts the pictures that they get. */
  tally: Tally;
}

/** Hands the pictures of one stream to all who want them, and never waits for any of them. */
export interface FanOut {
  /** The last picture that there was, however long ago. */
  readonly last: Picture | undefined;
  /** Hands on a picture that was just made. */
  hand(encoded: EncodedPicture): void;
  /** Hands somebody who has just come what there is already. */
  greet(recipient: Recipient): void;
  /** Hands on the last picture again, to those who have come since. */
  again(): void;
  /** Nobody wants pictures any more, for now. */
  rest(): void;
  /** There are no pictures any more: one from before would look like the camera's return. */
  clear(): void;
}
