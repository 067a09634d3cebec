import type { CameraFailure } from "../camera/camera_status.ts";
import type { Picture } from "./picture.ts";
import type { VideoPicture } from "./video/video_picture.ts";

/** Counts of sent and dropped pictures, and of sent bytes. */
export interface Tally {
  /** Pictures sent. */
  sent: number;
  /** Pictures that were due but could not be taken. */
  dropped: number;
  /** Among them, H.264 pictures that were skipped because a key frame had to come first. */
  leftOut: number;
  /** Bytes of pictures sent. */
  bytes: number;
}

/** A consumer of a stream's pictures: a viewer, or a part that passes them on. */
export interface Recipient {
  /**
   * The maximum rate that it wants, in pictures a second; `null` for all. More may be encoded, for
   * others.
   */
  readonly fps: number | null;
  /**
   * Takes a picture, if it can. H.264 pictures come in order.
   *
   * @param tally counts it for the whole stream
   * @returns whether it was sent
   */
  offer(picture: Picture, tally: Tally): boolean;
  /**
   * Takes the newest group of H.264 pictures after it has joined, as much as it can at once.
   *
   * @returns whether to offer it the group again, with its newer pictures, for the rest of it
   */
  join?(group: readonly VideoPicture[], tally: Tally): boolean;
  /**
   * Called when there are no more pictures: once for each outage, however many attempts it takes to
   * end it.
   */
  fail(camera: string, failure: CameraFailure): void;
}
