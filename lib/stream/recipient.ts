import type { CameraFailure } from "../camera/camera_status.ts";
import type { Picture } from "./picture.ts";
import type { VideoPicture } from "./video/video_picture.ts";

/** Pictures sent and dropped, and bytes of pictures sent. */
export interface Tally {
  /** Pictures sent. */
  sent: number;
  /** Pictures that were due and could not be taken. */
  dropped: number;
  /** Those of them that were left out, in H.264, since a key frame had to come first. */
  leftOut: number;
  /** Bytes of pictures sent. */
  bytes: number;
}

/** Somebody who is sent a stream's pictures: a viewer, or what passes them on. */
export interface Recipient {
  /** Pictures a second that it wants at most; `null` for all. More may be encoded, for others. */
  readonly fps: number | null;
  /**
   * Takes a picture, if it can. Those of H.264 come in order.
   *
   * @param tally where that is counted for the whole stream
   * @returns whether it was sent
   */
  offer(picture: Picture, tally: Tally): boolean;
  /**
   * Takes the newest group of pictures of H.264 once it has come, as far as it can at once.
   *
   * @returns whether it is to be given the group again, with what has come since, for the rest of it
   */
  join?(group: readonly VideoPicture[], tally: Tally): boolean;
  /** Hears that there are no pictures: once for each outage, however many tries it takes to end it. */
  fail(camera: string, failure: CameraFailure): void;
}
