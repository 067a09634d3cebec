import { assertLess } from "@std/assert";
import type { openClockViewer } from "./clock_viewer.ts";
import { eventually } from "../eventually.ts";

const STALL_MS = 4000;
/** Less than that, and more than a picture takes on a busy machine, in seconds. */
const OLD = 3;
/** Pictures that were on their way when everything stood still may still come. */
const ON_THEIR_WAY = 3;

/** Stops a process for a while, and checks that viewers get no old pictures after that. */
export async function stall(
  pid: number,
  viewer: Awaited<ReturnType<typeof openClockViewer>>,
): Promise<void> {
  Deno.kill(pid, "SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, STALL_MS));
  Deno.kill(pid, "SIGCONT");
  const since = Date.now() / 1000;
  const { count } = viewer;
  await eventually(() => viewer.count > count + 20, {
    what: "pictures after a stall",
    within: 30_000,
  });
  const seen = await viewer.since(since);
  const past = seen.filter(({ arrived, taken }) => arrived - taken > OLD);
  assertLess(past.length, ON_THEIR_WAY + 1, `ages: ${past.map((s) => s.arrived - s.taken)}`);
  for (const { timestamp, taken } of seen) {
    assertLess(Math.abs(timestamp - taken), OLD, "its timestamp is when it was taken");
  }
}
