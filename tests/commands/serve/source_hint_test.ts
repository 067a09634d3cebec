import { assertEquals } from "@std/assert";
import { parseCamera } from "../../../lib/camera/camera_spec.ts";
import { sourceHint } from "../../../lib/commands/serve/source_hint.ts";

async function hint(
  text: string,
  devices: string[] = [],
  env: Record<string, string> = {},
): Promise<string | undefined> {
  const { source } = parseCamera(text);
  if (source.kind === "relay") throw new TypeError("A relay is not looked for");
  return await sourceHint(source, devices, (name) => env[name]);
}

Deno.test("sourceHint() says what may have been meant", async (t) => {
  const cases: [text: string, devices: string[], expected: string | undefined][] = [
    ["Test", [], "did you mean 'test'?"],
    ["tets", [], "did you mean 'test'?"],
    ["video0", [], "did you mean '/dev/video0'?"],
    ["VIDEO12", [], "did you mean '/dev/video12'?"],
    ["HD Pro Webcam C290", ["HD Pro Webcam C920"], "did you mean 'HD Pro Webcam C920'?"],
    ["c920", ["HD Pro Webcam C920"], "did you mean 'HD Pro Webcam C920'?"],
    [
      "192.168.1.9:554/stream",
      [],
      "did you mean 'rtsp://192.168.1.9:554/stream' or 'http://192.168.1.9:554/stream'?",
    ],
    ["cam.local", [], "did you mean 'rtsp://cam.local' or 'http://cam.local'?"],
    ["admin@cam.lan/h264", [], "did you mean 'rtsp://cam.lan/h264' or 'http://cam.lan/h264'?"],
    [
      "localhost:8554/door",
      [],
      "did you mean 'rtsp://localhost:8554/door' or 'http://localhost:8554/door'?",
    ],
    ["[fe80::1]:554/x", [], "did you mean 'rtsp://[fe80::1]:554/x' or 'http://[fe80::1]:554/x'?"],
    ["//10.0.0.9/x", [], "did you mean 'rtsp://10.0.0.9/x' or 'http://10.0.0.9/x'?"],
    ["RTSP:/10.0.0.9/x", [], "did you mean 'rtsp://10.0.0.9/x'?"],
    ["rtsp:10.0.0.9", [], "did you mean 'rtsp://10.0.0.9'?"],
    ["https//cam.lan/x", [], "did you mean 'https://cam.lan/x'?"],
    ["dev/video0", [], "did you mean '/dev/video0'?"],
    ["/video3", [], "did you mean '/dev/video3'?"],
    ["/dev/Video77", [], "did you mean '/dev/video77'?"],
    ["Video 0", [], "did you mean '/dev/video0'?"],
    ["0,1", [], "did you mean '--camera 0 --camera 1'?"],
    ["test, /dev/video2", [], "did you mean '--camera test --camera /dev/video2'?"],
    ["Logitech, Inc. C920", [], undefined],
    ["psuh", [], "did you mean 'push'?"],
    ["media/door", [], undefined],
    ["gardn.mp4", [], undefined],
    ["Kitchen", ["HD Pro Webcam C920"], undefined],
    ["/dev/nothing-like-it", [], undefined],
    ["7", [], undefined],
  ];
  for (const [text, devices, expected] of cases) {
    await t.step(text, async () => assertEquals(await hint(text, devices), expected));
  }
});

Deno.test("sourceHint() finds the film that was meant", async () => {
  const dir = await Deno.makeTempDir({ prefix: "wscam-hint-" });
  await Deno.writeTextFile(`${dir}/garden.mp4`, "");
  await Deno.mkdir(`${dir}/gardens.mp4`);
  assertEquals(await hint(`${dir}/gardn.mp4`), `did you mean '${dir}/garden.mp4'?`);
  assertEquals(await hint(`${dir}/street.mkv`), undefined);
  assertEquals(await hint(`${dir}/none/garden.mp4`), undefined);
  assertEquals(
    await hint("film=~/garden.mp4", [], { HOME: dir }),
    `did you mean '${dir}/garden.mp4'?`,
  );
  await Deno.remove(dir, { recursive: true });
});
