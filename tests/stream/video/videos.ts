import type { EncodedVideo } from "../../../lib/encoder/encoder.ts";
import type { AvcConfig } from "../../../lib/h264/avc_config.ts";

/** How pictures are said to be decoded; no decoder takes it. */
export function drawConfig(width = 64, height = 48): AvcConfig {
  return {
    record: Uint8Array.of(1, 2, 3),
    codec: "avc1.42C01F",
    width,
    height,
    reorderFrames: 0,
  };
}

/** A picture of H.264 that no decoder takes. */
export function drawVideo(
  sequence: number,
  options: Partial<EncodedVideo> & Pick<EncodedVideo, "config">,
): EncodedVideo {
  return {
    codec: "h264",
    width: 64,
    height: 48,
    data: Uint8Array.of(sequence),
    isKey: false,
    offsetMs: 0,
    sequence,
    timestamp: 1_700_000_000 + sequence / 10,
    ...options,
  };
}
