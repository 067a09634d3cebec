import { assertEquals } from "@std/assert";
import type { CameraStatus } from "../../../lib/camera/camera_status.ts";
import { statusLine } from "../../../lib/commands/watch/status_line.ts";

type ServedCameras = Parameters<typeof statusLine>[0];

function camera(name: string, size: number, status: CameraStatus): ServedCameras[number] {
  return { name, status, size };
}

Deno.test("statusLine() tells how cameras and viewers are, in one line", () => {
  const live = camera("0", 3, { state: "live" });
  const closed = camera("1", 0, { state: "closed" });
  const failed = camera("door", 1, {
    state: "failed",
    code: "busy",
    reason: "is busy\nX=1",
    retryAt: 0,
  });
  assertEquals(statusLine([live]), "1 camera live, 3 viewers");
  assertEquals(statusLine([closed]), "0 cameras live, 0 viewers");
  assertEquals(
    statusLine([live, live, closed, failed]),
    "2 cameras live, camera door is busy\ufffdX=1, 7 viewers",
  );
  assertEquals(statusLine(Array.from({ length: 99 }, () => failed)).length, 300);
});
