import { createFfmpegSource, type FfmpegSourceOptions } from "./ffmpeg_source.ts";
import type { Source } from "./source.ts";
import type { SourceSpec } from "./source_spec.ts";
import { createTestPattern } from "./pattern/test_pattern.ts";

/** The source that a user named; nothing is opened yet. */
export function createSource(spec: SourceSpec, options: FfmpegSourceOptions): Source {
  if (spec.kind !== "test") return createFfmpegSource(spec, options);
  return createTestPattern({ ...options, ...options.resolution });
}
