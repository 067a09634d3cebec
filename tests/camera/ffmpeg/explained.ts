import { assertEquals } from "@std/assert";
import type { SystemView } from "../../../lib/camera/device/explain_device.ts";
import { explain, type RunEnding } from "../../../lib/camera/ffmpeg/explain.ts";
import type { FfmpegInput } from "../../../lib/ffmpeg/input.ts";

/** A system that only knows what it is told. */
export function system(known: Partial<SystemView> = {}): SystemView {
  return {
    os: "linux",
    holders: () => Promise.resolve([]),
    access: () => Promise.resolve(undefined),
    ...known,
  };
}

export interface Case extends Partial<Omit<RunEnding, "lastWords" | "input">> {
  words: string;
  says: string;
}

export async function check(
  t: Deno.TestContext,
  input: FfmpegInput,
  cases: Record<string, Case>,
): Promise<void> {
  for (const [name, { words, says, status = 1, frames = 0 }] of Object.entries(cases)) {
    await t.step(name, async () => {
      const lastWords = words.split("\n");
      const told = await explain({ input, status, frames, lastWords }, system());
      assertEquals(told.reason.split(";")[0], says);
    });
  }
}
