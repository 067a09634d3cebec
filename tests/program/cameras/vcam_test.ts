import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { childrenOf, isAlive } from "../../testutil/system/processes.ts";
import { startVcam, type VcamFormat } from "../../testutil/camera/vcam.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

for (const format of ["MJPG", "YUYV"] satisfies VcamFormat[]) {
  testWith(["vcam", "ffmpeg"], `serve() shows a camera that offers only ${format}`, async () => {
    await using vcam = await startVcam({ formats: [format] });
    await using server = await startWscam(["--camera", String(vcam.index)], { env: vcam.env });
    await using viewer = await openViewer(server.ws);
    await eventually(() => viewer.images().length >= 10);
    const [image] = viewer.images().slice(-1);
    assert(image);
    assertEquals(jpegSize(decodeBase64(image.data)), { width: 640, height: 480 });
    assertEquals(viewer.errors(), []);
    const times = viewer.images().map(({ timestamp }) => timestamp);
    const fps = 8 / ((times[9] ?? 0) - (times[1] ?? 0));
    assertLess(fps, 20, "10 frames a second are the default, of the camera's 30");
  });
}

testWith(["vcam", "ffmpeg"], "serve() finds a camera by its path and by its name", async () => {
  await using vcam = await startVcam({ fps: 10 });
  const args = ["--camera", `path=${vcam.path}`, "--camera", "name=virtual camera"];
  await using server = await startWscam(args, { env: vcam.env });
  for (const name of ["path", "name"]) {
    await using viewer = await openViewer(`${server.ws}/?camera=${name}`);
    await eventually(() => viewer.images().length > 0 || viewer.errors().length > 0);
    // By name it may be another test's camera that is found, but found it is.
    if (name === "path") assertEquals(viewer.errors(), []);
  }
});

testWith(
  ["vcam", "ffmpeg"],
  "serve() keeps viewers while a camera is unplugged, and tells them once",
  async () => {
    await using vcam = await startVcam({ fps: 10 });
    await using server = await startWscam(["--camera", String(vcam.index)], { env: vcam.env });
    await using viewer = await openViewer(server.ws);
    await eventually(() => viewer.images().length > 0);
    await vcam.fault("unplugged");
    await eventually(() => viewer.errors().length > 0);
    await using late = await openViewer(server.ws);
    await eventually(() => late.errors().length > 0);
    // Two tries fail before it is plugged in again.
    await eventually(() => server.output.stderr.includes("nothing is behind"));
    const before = viewer.images().length;
    await vcam.fault("none");
    await eventually(() => viewer.images().length > before + 3);
    const [first, ...more] = viewer.errors();
    assertMatch(first?.message ?? "", /^Camera \d+ was unplugged, trying again every 5 s$/);
    assertEquals(more, []);
    await eventually(() => late.images().length > 0);
  },
);

testWith(["vcam", "ffmpeg"], "serve() opens a frozen camera again", async () => {
  await using vcam = await startVcam({ fps: 10 });
  await using server = await startWscam(["--camera", String(vcam.index)], { env: vcam.env });
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.images().length > 0);
  await vcam.fault("frozen");
  await eventually(() => viewer.errors().length > 0);
  assertMatch(
    viewer.errors()[0]?.message ?? "",
    /is frozen: no picture for 5 s, trying again every 5 s$/,
  );
  await vcam.fault("none");
  const before = viewer.images().length;
  await eventually(() => viewer.images().length > before);
});

testWith(["vcam", "ffmpeg"], "serve() says that a camera is busy", async () => {
  await using vcam = await startVcam({ fps: 10 });
  await vcam.fault("busy");
  await using server = await startWscam(["--camera", String(vcam.index)], { env: vcam.env });
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.errors().length > 0);
  assertMatch(viewer.errors()[0]?.message ?? "", /is busy: another program uses \/dev\/video\d+, /);
});

testWith(
  ["ffmpeg"],
  "serve() says at once that a camera isn't there, and what there is",
  async () => {
    await using server = await startWscam(["--camera", "9999"]);
    await eventually(() => server.output.stderr.includes("--camera test"));
    assertMatch(
      server.output.stderr,
      /Camera 9999 isn't there: \/dev\/video9999 does not exist; .+/,
    );
  },
);

testWith(
  ["vcam", "ffmpeg"],
  "serve() closes the camera after its last viewer, and not before",
  async () => {
    await using vcam = await startVcam({ fps: 10 });
    const args = ["--camera", String(vcam.index), "--linger", "0.5"];
    await using server = await startWscam(args, { env: vcam.env });
    await eventually(async () => (await childrenOf(server.pid)).length === 0);
    {
      await using first = await openViewer(server.ws);
      await using _second = await openViewer(server.ws);
      await eventually(() => first.images().length > 0);
      await eventually(async () => (await childrenOf(server.pid)).length === 1);
    }
    await eventually(async () => (await childrenOf(server.pid)).length === 0);
    await using again = await openViewer(server.ws);
    await eventually(() => again.images().length > 0);
  },
);

for (const fault of ["none", "frozen"] as const) {
  testWith(
    ["vcam", "ffmpeg"],
    `serve() leaves no ffmpeg when it is killed (camera fault: ${fault})`,
    async () => {
      await using vcam = await startVcam({ fps: 10 });
      await using server = await startWscam(["--camera", String(vcam.index)], { env: vcam.env });
      await using viewer = await openViewer(server.ws);
      await eventually(() => viewer.images().length > 0);
      const children = await childrenOf(server.pid, { deep: true });
      assert(children.length > 0);
      await vcam.fault(fault);
      await server.end("SIGKILL");
      await eventually(() => children.every((pid) => !isAlive(pid)));
    },
  );
}

testWith(
  ["vcam", "ffmpeg"],
  "serve() ends with 0 while its camera is frozen",
  async () => {
    await using vcam = await startVcam({ fps: 10 });
    await using server = await startWscam(["--camera", String(vcam.index)], { env: vcam.env });
    await using viewer = await openViewer(server.ws);
    await eventually(() => viewer.images().length > 0);
    const children = await childrenOf(server.pid, { deep: true });
    await vcam.fault("frozen");
    assertEquals((await server.end()).code, 0);
    assertEquals(children.filter(isAlive), []);
    assertEquals((await viewer.closed).code, 1001);
  },
);

testWith(["ffmpeg"], "serve() plays a video file in a loop, at its own speed", async () => {
  const path = await Deno.makeTempFile({ suffix: ".mp4" });
  const make = new Deno.Command("ffmpeg", {
    args: [
      "-v",
      "error",
      "-y",
      "-f",
      "lavfi",
      "-i",
      "testsrc2=s=320x240:r=20:d=1",
      "-pix_fmt",
      "yuv420p",
      path,
    ],
    stdin: "null",
  });
  assertEquals((await make.output()).code, 0);
  await using server = await startWscam(["--camera", `film=${path}`, "--fps", "60"]);
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.images().length >= 60);
  const times = viewer.images().map(({ timestamp }) => timestamp);
  const fps = 50 / ((times[55] ?? 0) - (times[5] ?? 0));
  assert(fps < 40, `${fps} frames a second of a file with 20`);
  assertEquals(viewer.errors(), []);
  await Deno.remove(path);
});

testWith(
  ["ffmpeg"],
  "serve() says what is wrong with a file, and never shows passwords",
  async () => {
    const args = [
      "--camera",
      "/no/such.mp4",
      "--camera",
      "door=rtsp://me:secret@127.0.0.1:9/x?key=hidden",
    ];
    await using server = await startWscam(args);
    await using file = await openViewer(server.ws);
    await using door = await openViewer(`${server.ws}/?camera=door`);
    await eventually(() => file.errors().length > 0 && door.errors().length > 0);
    assertMatch(
      file.errors()[0]?.message ?? "",
      /^Camera such.mp4 isn't there: \/no\/such.mp4 does not exist, /,
    );
    assertMatch(
      door.errors()[0]?.message ?? "",
      /^Camera door can't be reached: rtsp:\/\/127.0.0.1:9\/x refuses/,
    );
    const list = await (await fetch(`${server.url}/cameras`)).text();
    for (
      const text of [
        server.output.stderr,
        server.output.stdout,
        list,
        JSON.stringify(door.messages),
      ]
    ) {
      assert(!/secret|hidden/.test(text), text);
    }
  },
);
