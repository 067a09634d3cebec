import { assertEquals } from "@std/assert";
import { readMpjpeg } from "../../../lib/ffmpeg/output/mpjpeg.ts";
import { FramePool } from "../../../lib/frame/frame.ts";
import { BOUNDARY, collectJpegs, mpjpegOf, part, partHeader, runFfmpeg } from "../../jpeg/jpegs.ts";
import { testWith } from "../../testutil/needs.ts";
import { bytesOf, byteStream, concat } from "./bordered_stream.ts";
import { A, B, C, D, pause, read, STREAM } from "./mpjpeg_read.ts";

Deno.test("readMpjpeg() yields size, file and number of each picture", async () => {
  const { frames, broken } = await read([STREAM]);
  assertEquals(
    frames.map(({ width, height, sequence, jpeg }) => ({ width, height, sequence, jpeg })),
    [
      { width: 16, height: 8, sequence: 1, jpeg: A },
      { width: 24, height: 16, sequence: 2, jpeg: B },
      { width: 8, height: 24, sequence: 3, jpeg: C },
    ],
  );
  assertEquals(broken, 0);
});

Deno.test("readMpjpeg() yields nothing when there is no part", async (t) => {
  const streams = {
    "nothing": "",
    "one boundary": "--ffmpeg\r\n",
    "no boundary": "hello\r\n".repeat(99),
    "another boundary": "--myboundary\r\n" + partHeader(4) + "abcd\r\n--myboundary\r\n",
  };
  for (const [name, text] of Object.entries(streams)) {
    await t.step(name, async () => {
      assertEquals(await read([bytesOf(text)]), { frames: [], names: "", broken: 0 });
    });
  }
});

testWith(["ffmpeg"], "readMpjpeg() yields what ffmpeg encodes", async () => {
  const args = ["-f", "lavfi", "-i", "testsrc2=s=96x64:r=10", "-frames:v", "9", "-c:v", "mjpeg"];
  const { frames, broken } = await read([await runFfmpeg([...args, "-f", "mpjpeg"])]);
  assertEquals(concat(frames.map(({ jpeg }) => jpeg)), await runFfmpeg([...args, "-f", "mjpeg"]));
  assertEquals(frames.map(({ width, height }) => [width, height]), Array(9).fill([96, 64]));
  assertEquals(broken, 0);
});

testWith(["ffmpeg"], "readMpjpeg() yields what ffmpeg copies, byte for byte", async () => {
  const args = ["-f", "mjpeg", "-i", "pipe:0", "-c:v", "copy", "-f", "mpjpeg"];
  const { names } = await read([await runFfmpeg(args, concat([A, B, C, D]))]);
  assertEquals(names, "ABCD");
});

testWith(["ffmpeg"], "readMpjpeg() frames parts as ffmpeg does", async () => {
  const args = ["-f", "lavfi", "-i", "testsrc2=s=16x16:r=10", "-frames:v", "1", "-c:v", "mjpeg"];
  const jpeg = await runFfmpeg([...args, "-f", "mjpeg"]);
  const stream = await runFfmpeg([...args, "-f", "mpjpeg"]);
  assertEquals(stream, mpjpegOf([part(jpeg)]), "the tests make parts like its own");
});

Deno.test("readMpjpeg() takes headers in any case, in any order", async (t) => {
  const { length } = B;
  const headers = [
    `Content-Type: image/jpeg\r\nContent-Length: ${length}\r\n\r\n`,
    `content-length:${length}\r\n\r\n`,
    `CONTENT-LENGTH:   ${length}\r\nX-Timestamp: 0.000000\r\nContent-Type: image/jpeg\r\n\r\n`,
    partHeader(`0000${length}`),
  ];
  for (const header of headers) {
    await t.step(header.split("\r\n").join(" "), async () => {
      const other = concat([bytesOf(header), B, bytesOf(BOUNDARY)]);
      assertEquals((await read([mpjpegOf([part(A), other, part(C)])])).names, "ABC");
    });
  }
});

Deno.test("readMpjpeg() cuts off what stands behind a picture", async () => {
  const behind = [C, C.subarray(0, 300), Uint8Array.of(10), new Uint8Array(500)];
  const parts = behind.map((bytes) => part(concat([B, bytes])));
  const seen = await read([mpjpegOf([part(A), ...parts, part(D)])]);
  assertEquals([seen.names, seen.broken], ["ABBBBD", 0]);
});

Deno.test("readMpjpeg() tells the time when a part's own header arrives", async () => {
  let clock = 1000;
  const [beforeHeader, inHeader, inPicture] = [pause(), pause(), pause()];
  const second = part(B);
  const { stream } = byteStream([
    // As ffmpeg writes: the boundary comes with the picture before it.
    mpjpegOf([part(A)]),
    beforeHeader.chunk,
    second.subarray(0, 20),
    inHeader.chunk,
    second.subarray(20, 100),
    inPicture.chunk,
    second.subarray(100),
  ]);
  const frames = collectJpegs(readMpjpeg(stream, { pool: new FramePool(), now: () => clock }));
  for (const [wait, time] of [[beforeHeader, 2000], [inHeader, 3000], [inPicture, 4000]] as const) {
    await wait.taken;
    clock = time;
    wait.goOn();
  }
  assertEquals((await frames).map(({ timestamp }) => timestamp), [1, 3]);
});

Deno.test("readMpjpeg() keeps the picture of a frame that is held", async () => {
  const held = [];
  const { stream } = byteStream([STREAM, STREAM.subarray(10)]);
  for await (const frame of readMpjpeg(stream, { pool: new FramePool() })) {
    held.push(frame.hold());
    frame.release();
  }
  assertEquals(held.map(({ data }) => data.length), [A, B, C, A, B, C].map(({ length }) => length));
  assertEquals(concat(held.map(({ data }) => data)), concat([A, B, C, A, B, C]));
});
