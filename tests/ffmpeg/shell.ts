import { Child } from "../../lib/ffmpeg/child.ts";

/** There is no shell to write small programs in. */
export const ignore = Deno.build.os === "windows";

export function sh(script: string): Child {
  return new Child("/bin/sh", ["-c", script]);
}
