import { assert, assertEquals, assertMatch } from "@std/assert";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { concat } from "../../ffmpeg/output/bordered_stream.ts";
import { drawJpeg } from "../../jpeg/jpegs.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import {
  isFfmpegs,
  jpegsOf,
  ownPicture,
  untilImages,
  withoutScan,
} from "../../testutil/picture/pictures_of.ts";
import { childrenOf } from "../../testutil/system/processes.ts";
import { startVcam } from "../../testutil/camera/vcam.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const HD = ["--resolution", "1280x720", "--fps", "30"];

testWith(["vcam", "ffmpeg"], "serve() passes a camera's own HD pictures on", async () => {
  await using vcam = await startVcam({ width: 1280, height: 720, fps: 10 });
  const own = await ownPicture(vcam);
  await using server = await startWscam([...HD, "-c", String(vcam.index)], { env: vcam.env });
  await using viewer = await openViewer(server.ws);
  await untilImages(viewer, 10);
  for (const jpeg of jpegsOf(viewer)) {
    assertEquals(jpegSize(jpeg), { width: 1280, height: 720 });
    assert(withoutScan(jpeg) === withoutScan(own), "made by the camera");
  }
  const times = viewer.images().map(({ timestamp }) => timestamp);
  assertEquals(times, times.toSorted((a, b) => a - b));
  assertMatch(
    server.output.stderr,
    /delivers 1280x720; encoder copy, for 27\.6 million pixels a second that come as JPEG\n/,
  );
});

testWith(["ffmpeg"], "serve() passes the pictures of a file on, byte for byte", async () => {
  const path = await Deno.makeTempFile({ suffix: ".mjpg" });
  const own = await Promise.all([1, 2, 3, 4, 5].map((seed) => drawJpeg(64, 48, seed)));
  await Deno.writeFile(path, concat(own));
  await using server = await startWscam(["-c", `film=${path}`, "--fps", "60", "--encoder", "copy"]);
  await using viewer = await openViewer(server.ws);
  // A busy machine shows some of them again before all were shown.
  await eventually(() => new Set(viewer.images().map(({ data }) => data)).size > 3);
  const known = own.map((jpeg) => jpeg.toBase64());
  for (const { data } of viewer.images()) assert(known.includes(data));
  assertMatch(server.output.stderr, /encoder copy, as asked for\n/);
  await Deno.remove(path);
});

testWith(["vcam", "ffmpeg"], "serve() has ffmpeg encode HD pictures that come raw", async () => {
  await using vcam = await startVcam({ width: 1280, height: 720, fps: 10, formats: ["YUYV"] });
  await using server = await startWscam([...HD, "-c", String(vcam.index)], { env: vcam.env });
  await using viewer = await openViewer(server.ws);
  await untilImages(viewer, 10);
  for (const jpeg of jpegsOf(viewer)) {
    assertEquals(jpegSize(jpeg), { width: 1280, height: 720 });
    assert(isFfmpegs(jpeg));
  }
  assertMatch(server.output.stderr, /encoder ffmpeg, for 27\.6 .* that come without JPEG\n/);
});

testWith(["vcam", "ffmpeg"], "serve() needs no order in the times of a camera", async (t) => {
  await using vcam = await startVcam({ formats: ["YUYV"] });
  await vcam.fault("stepping");
  for (const encoder of ["imagescript", "ffmpeg"]) {
    await t.step(encoder, async () => {
      const args = ["-c", String(vcam.index), "--encoder", encoder];
      await using server = await startWscam(args, { env: vcam.env });
      await using viewer = await openViewer(server.ws);
      await untilImages(viewer, 10);
    });
  }
});

testWith(["vcam", "ffmpeg"], "serve() encodes pictures again for another quality", async () => {
  await using vcam = await startVcam({ width: 1280, height: 720, fps: 10 });
  const args = [...HD, "-c", String(vcam.index), "--quality", "30"];
  await using server = await startWscam(args, { env: vcam.env });
  await using viewer = await openViewer(server.ws);
  await untilImages(viewer, 3);
  assert(jpegsOf(viewer).every(isFfmpegs));
  assertMatch(server.output.stderr, /encoder ffmpeg, for .* that are to be of another quality\n/);
});

testWith(
  ["vcam", "ffmpeg"],
  "serve() takes another way when a camera is larger than asked",
  async () => {
    await using vcam = await startVcam({ width: 1920, height: 1080, fps: 10 });
    const own = await ownPicture(vcam);
    await using server = await startWscam(["-c", String(vcam.index)], { env: vcam.env });
    await using viewer = await openViewer(server.ws);
    await untilImages(viewer, 5);
    for (const jpeg of jpegsOf(viewer)) {
      assertEquals(jpegSize(jpeg), { width: 1920, height: 1080 });
      assert(withoutScan(jpeg) === withoutScan(own), "made by the camera");
    }
    assertMatch(
      server.output.stderr,
      /delivers 1920x1080 \(asked for 640x480\); encoder copy, for 20\.7 .* that come as JPEG\n/,
    );
    await eventually(async () => (await childrenOf(server.pid)).length === 1, {
      what: "the first ffmpeg to end",
    });
  },
);

testWith(["vcam", "ffmpeg"], "serve() says why it can't pass on what comes raw", async () => {
  await using vcam = await startVcam({ formats: ["YUYV"] });
  const args = ["-c", `eye=${vcam.path}`, "--encoder", "copy"];
  await using server = await startWscam(args, { env: vcam.env });
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.errors().length > 0);
  assertEquals(
    viewer.errors()[0]?.message,
    "Camera eye delivers no JPEG, which '--encoder copy' needs; leave that option out, " +
      "trying again every 5 s",
  );
  assertEquals(viewer.images(), []);
});

testWith(
  ["vcam", "ffmpeg"],
  "serve() gives a late viewer a picture as its first message",
  async () => {
    await using vcam = await startVcam({ width: 1280, height: 720, fps: 10 });
    const args = ["-r", "1280x720", "--fps", "0.1", "--encoder", "copy", "-c", String(vcam.index)];
    await using server = await startWscam(args, { env: vcam.env });
    await using first = await openViewer(server.ws);
    await untilImages(first, 1);
    await using late = await openViewer(server.ws);
    await eventually(() => late.messages.length > 0);
    // It is the picture that the first viewer got, and not the next one, which comes after 10 s.
    assertEquals(late.messages[0], first.images()[0]);
  },
);
