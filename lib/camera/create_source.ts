import type { Capture } from "../frame/capture.ts";
import { isPlaylist, isVideoName } from "../ffmpeg/args/whitelist.ts";
import { FfmpegSource } from "./ffmpeg/ffmpeg_source.ts";
import { HttpSource } from "./http/http_source.ts";
import type { Source } from "./source.ts";
import { fingerprintOf, type SourceSpec } from "./source_spec.ts";
import { createTestPicture } from "./test_picture/test_picture.ts";
import { Inlet } from "./push/inlet.ts";
import { PushSource } from "./push/push_source.ts";

/** Options of {@linkcode createSource}. */
export interface CreateSourceOptions {
  /** Which ffmpeg. */
  ffmpeg: string;
  /**
   * The inlet for pictures that a program pushes.
   *
   * @default {an inlet that no program can reach}
   */
  inlet?: Inlet | undefined;
}

/** The source that a user named, with its capture; it is not opened yet. */
export function createSource(
  source: SourceSpec,
  capture: Capture,
  options: CreateSourceOptions,
): Source {
  if (source.kind === "test") return createTestPicture({ ...capture, ...capture.resolution });
  if (source.kind === "push") return new PushSource(options.inlet ?? new Inlet(), capture, options);
  const other = new FfmpegSource(source, capture, options);
  const mayBeJpeg = source.kind === "url" && /^https?:/i.test(source.url) &&
    (!isPlaylist(source.url) && !isVideoName(source.url) ||
      fingerprintOf(source.url) !== undefined);
  return mayBeJpeg ? new HttpSource(source.url, capture, { ...options, other }) : other;
}
