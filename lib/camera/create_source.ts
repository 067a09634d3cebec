import type { Capture } from "../frame/capture.ts";
import { isPlaylist, isVideoName } from "../ffmpeg/whitelist.ts";
import { createFfmpegSource } from "./ffmpeg_source.ts";
import { HttpSource } from "./http/http_source.ts";
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
  if (source.kind === "test") return createTestPattern({ ...capture, ...capture.resolution });
  const other = createFfmpegSource(source, capture, options);
  const mayBeJpeg = source.kind === "url" && /^https?:/i.test(source.url) &&
    !isPlaylist(source.url) && !isVideoName(source.url);
  return mayBeJpeg ? new HttpSource(source.url, capture, { ...options, other }) : other;
}
