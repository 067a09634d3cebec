/**
 * The input arguments that make ffmpeg drop the pictures of a JPEG camera that aren't whole, instead of
 * painting their lower part green.
 */
export const DROP_DAMAGED: readonly string[] = ["-err_detect", "explode"];

/**
 * ffmpeg's words for a camera's picture that it drops, once each: until 6, since 7, and as pictures
 * come in.
 */
const DROPPED = new RegExp(
  [
    "Error while decoding stream",
    "Error submitting packet to decoder",
    "Dequeued v4l2 buffer contains corrupted data",
    "The v4l2 frame is \\d+ bytes, but \\d+ bytes are expected",
  ].join("|"),
);

/** Its further words, about what is wrong inside. */
const DETAILS = /overread \d|EOI missing|bad vlc|error (dc|count|y=)/;

/** Whether a line of ffmpeg's tells of a picture that it has dropped. */
export function isDropped(line: string): boolean {
  return DROPPED.test(line);
}

/** Whether a line of ffmpeg's is about one picture, whatever became of it. */
export function isOfOnePicture(line: string): boolean {
  return DROPPED.test(line) || DETAILS.test(line);
}
