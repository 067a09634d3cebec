import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createMetrics } from "../../../lib/server/metrics/metrics.ts";
import { createTestPicture } from "../../../lib/camera/test_picture/test_picture.ts";
import { ServedCamera } from "../../../lib/stream/served_camera.ts";
import { FakeViewer } from "../../stream/fake_viewer.ts";
import { join } from "../../stream/join.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";

const NAME = 'a "porch"\\\n';

/** A camera by a name that has everything in it that the format escapes, after a few pictures. */
async function running(): Promise<{ text: string; type: string; served: ServedCamera }> {
  const metrics = createMetrics("1.2.3");
  const served = new ServedCamera(createTestPicture({ width: 64, height: 48, fps: 50 }), {
    name: NAME,
    description: "test",
    fps: 50,
    lingerMs: 0,
    ...metrics.meterOf(NAME),
  });
  await using _camera = served.camera;
  const viewer = new FakeViewer();
  const leave = join(served, undefined, viewer);
  await eventually(() => viewer.texts.length >= 3);
  const response = await metrics.response([served]);
  leave();
  return {
    text: await response.text(),
    type: response.headers.get("content-type") ?? "",
    served,
  };
}

function valueOf(text: string, name: string): number {
  const line = text.split("\n").find((each) => each.startsWith(`${name}{`)) ?? "";
  assertStringIncludes(line, 'camera="a \\"porch\\"\\\\\\n"');
  return Number(line.split(" ").at(-1));
}

Deno.test("Metrics.response() tells figures that are true", async () => {
  const { text, type } = await running();
  assertMatch(type, /^text\/plain; version=0\.0\.4/);
  const value = (name: string): number => valueOf(text, name);
  assert(value("wscam_frames_captured_total") >= 3);
  assert(value("wscam_frames_encoded_total") >= 3);
  const sent = value("wscam_frames_sent_total");
  assert(sent >= 3);
  assert(value("wscam_sent_bytes_total") > sent * 500);
  assertEquals(value("wscam_frames_dropped_total"), 0);
  assertEquals([value("wscam_viewers"), value("wscam_camera_live")], [1, 1]);
  assertEquals(value("wscam_encode_seconds_count"), value("wscam_frames_encoded_total"));
  assertEquals(value("wscam_frame_age_seconds_count"), sent, "there is one viewer");
  assert(value("wscam_frame_age_seconds_sum") / sent < 60);
  assertMatch(text, /^wscam_build_info\{version="1\.2\.3"\} 1$/m);
  assertMatch(text, /^process_resident_memory_bytes \d+$/m);
});

testWith(["promtool"], "Metrics.response() is what promtool takes", async () => {
  const { text } = await running();
  const child = new Deno.Command("promtool", {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assertEquals({ success, said }, { success: true, said: "" });
});

Deno.test("Metrics.response() tells nothing of cameras that have gone, whatever comes late", async () => {
  const metrics = createMetrics("1.2.3");
  for (let i = 0; i < 200; i++) {
    const meter = metrics.meterOf(`camera ${i}`);
    meter.onEncoded(0.01);
    metrics.forget(`camera ${i}`);
    meter.onPicture(0.01);
    meter.onEncoded(0.01);
  }
  const text = await metrics.response([]).text();
  assertEquals(text.match(/camera="camera/g)?.length ?? 0, 0);
});
