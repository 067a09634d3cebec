import { Picture } from "../../lib/stream/picture.ts";

/** The expected look of a picture of {@linkcode drawPicture}. */
export interface PictureOptions {
  /** @default {1} */
  sequence?: number;
  /** In seconds since 1970. @default {the sequence} */
  timestamp?: number;
  /** @default {a few bytes that no decoder takes} */
  jpeg?: Uint8Array<ArrayBuffer>;
}

/** A picture of a camera that is called "door". */
export function drawPicture(
  { sequence = 1, timestamp = sequence, jpeg }: PictureOptions = {},
): Picture {
  const file = jpeg ?? Uint8Array.of(0xff, 0xd8, 1, 2, 3, 4, 5, 6, 0xff, 0xd9);
  return new Picture(
    { codec: "jpeg", data: file, width: 2, height: 1, timestamp, sequence },
    "door",
  );
}
