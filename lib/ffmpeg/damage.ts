/**
 * The input arguments that make ffmpeg drop a JPEG camera's damaged pictures, instead of painting
 * their lower part green.
 */
export const DROP_DAMAGED: readonly string[] = ["-err_detect", "explode"];

/** ffmpeg's messages for a dropped picture, one each: up to 6, since 7, and on reading. */
const DROPPED = new RegExp(
  [
    "Error while decoding stream",
    "Error submitting packet to decoder",
    "Dequeued v4l2 buffer contains corrupted data",
    "The v4l2 frame is \\d+ bytes, but \\d+ bytes are expected",
  ].join("|"),
);

/** Its further messages, about the damage itself. */
const DETAILS = /overread \d|EOI missing|bad vlc|error (dc|count|y=)/;

/** Whether a line of ffmpeg's reports a dropped picture. */
export function isDropped(line: string): boolean {
  return DROPPED.test(line);
}

/** Whether a line of ffmpeg's is about a single picture, dropped or not. */
export function isOfOnePicture(line: string): boolean {
  return DROPPED.test(line) || DETAILS.test(line);
}
