import type { Capture } from "../frame/capture.ts";
import { createFfmpegSource } from "./ffmpeg_source.ts";
import type { Source } from "./source.ts";
import type { SourceSpec } from "./source_spec.ts";
import { createTestPattern } from "./pattern/test_pattern.ts";

/**
 * The source that a user named, captured as is asked for; nothing is opened yet.
 *
 * @param options which ffmpeg
 */
export function createSource(
  source: SourceSpec,
  capture: Capture,
  options: { ffmpeg: string },
): Source {
  if (source.kind !== "test") return createFfmpegSource(source, capture, options);
  return createTestPattern({ ...capture, ...capture.resolution });
}
