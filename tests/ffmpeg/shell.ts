import { Child } from "../../lib/ffmpeg/child.ts";

/** Without a shell, the small programs can't be written. */
export const ignore = Deno.build.os === "windows";

export function sh(script: string): Child {
  return new Child("/bin/sh", ["-c", script]);
}
