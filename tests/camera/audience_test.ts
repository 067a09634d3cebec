import { assert, assertEquals } from "@std/assert";
import { Audience, type CameraStatus } from "../../lib/camera/audience.ts";
import { FramePool } from "../../lib/frame/frame.ts";

function subscriber(): { seen: unknown[]; onFrame(): void; onStatus(s: CameraStatus): void } {
  const seen: unknown[] = [];
  return {
    seen,
    onFrame: () => void seen.push("frame"),
    onStatus: ({ state }) => void seen.push(state),
  };
}

const FRAME = new FramePool().jpeg(new Uint8Array(4), { width: 1, height: 1, timestamp: 0 });

Deno.test("Audience gives frames and status to subscribers until they are removed", () => {
  const audience = new Audience();
  const [first, second] = [subscriber(), subscriber()];
  assert(!audience.wantsFrames);
  audience.add(first);
  audience.add(second);
  assert(audience.wantsFrames);
  audience.tell({ state: "opening" });
  audience.deliver(FRAME);
  assertEquals(audience.remove(first), true);
  assertEquals(audience.remove(first), false);
  audience.tell({ state: "live" });
  audience.deliver(FRAME);
  assertEquals(first.seen, ["opening", "frame"]);
  assertEquals(second.seen, ["opening", "frame", "live", "frame"]);
  audience.clear();
  assert(!audience.wantsFrames);
});

Deno.test("Audience tells observers how the camera is, who want no frames", () => {
  const audience = new Audience();
  const states: string[] = [];
  assertEquals(audience.status, { state: "closed" });
  const stop = audience.observe(({ state }) => states.push(state));
  assert(!audience.wantsFrames);
  audience.tell({ state: "live" });
  audience.clear();
  audience.tell({ state: "closed" });
  stop();
  audience.tell({ state: "opening" });
  assertEquals(states, ["live", "closed"]);
  assertEquals(audience.status, { state: "opening" });
});
