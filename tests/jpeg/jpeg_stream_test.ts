import { assert, assertEquals, assertLess } from "@std/assert";
import { encodeJpeg } from "../../lib/jpeg/imagescript/encode_jpeg.ts";
import { JpegStream, type StreamedJpeg } from "../../lib/jpeg/jpeg_stream.ts";
import { clockPicture } from "../testutil/picture/clock_picture.ts";
import { inOwnProcess } from "../testutil/program/own_process.ts";

const [ONE, TWO] = await Promise.all(
  [1e9, 2e9].map((time) => encodeJpeg(clockPicture(128, 128, time), 60)),
) as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
const HEAD = "--x\r\nContent-Length: 5\r\n\r\n";

async function bytesOf(...parts: BlobPart[]): Promise<Uint8Array<ArrayBuffer>> {
  return await new Blob(parts).bytes();
}

/** Reads bytes that come in pieces of a size. */
function read(bytes: Uint8Array, size = bytes.length): StreamedJpeg[] {
  const stream = new JpegStream();
  const found: StreamedJpeg[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    found.push(...stream.push(bytes.subarray(at, at + size)));
  }
  return found;
}

Deno.test("JpegStream finds pictures and what stands before them, however they are cut", async () => {
  const bytes = await bytesOf(HEAD, ONE, "\r\n", HEAD, TWO, ONE);
  for (const size of [1, 2, 3, 7, 100, 4096, bytes.length]) {
    const found = read(bytes, size);
    assertEquals(found.map(({ jpeg }) => jpeg), [ONE, TWO, ONE]);
    assertEquals(found.map(({ head }) => head), [HEAD, `\r\n${HEAD}`, ""]);
  }
});

Deno.test("JpegStream gives a picture with its last byte", () => {
  const stream = new JpegStream();
  assertEquals(stream.push(ONE.subarray(0, -1)), []);
  assert(stream.isInside);
  assertEquals(stream.push(ONE.subarray(-1)).length, 1);
  assert(!stream.isInside);
});

Deno.test("JpegStream goes on after a picture that is cut", async () => {
  const half = ONE.subarray(0, ONE.length * 0.9);
  const found = read(await bytesOf(HEAD, half, "\r\n", HEAD, TWO, HEAD, ONE), 1000);
  assertEquals(found.map(({ jpeg }) => jpeg).slice(-2), [TWO, ONE]);
  // The one that is cut ends inside a segment or at the next one's begin.
  assert(found.length <= 3);
  assert(found.at(-2)?.head.endsWith(HEAD));
});

Deno.test("JpegStream goes on after anything", async () => {
  for (let i = 0; i < 50; i++) {
    const garbage = crypto.getRandomValues(new Uint8Array(5000));
    // Bytes that begin like a picture may say that it goes on for 64 KB.
    const bytes = await bytesOf(garbage, ...Array.from({ length: 20 }, () => TWO), ONE);
    assertEquals(read(bytes, 1234).at(-1)?.jpeg, ONE);
  }
});

Deno.test("JpegStream goes on after a picture without an end", () => {
  const stream = new JpegStream();
  stream.push(ONE.subarray(0, ONE.length - 2));
  const nothing = new Uint8Array(1024 * 1024).fill(1);
  for (let i = 0; i < 40; i++) assertEquals(stream.push(nothing), []);
  assertEquals(stream.push(TWO).map(({ jpeg }) => jpeg), [TWO]);
});

Deno.test("JpegStream keeps no more than a picture takes", async () => {
  const grown = await inOwnProcess<number>(`
    import { JpegStream } from "${new URL("../../lib/jpeg/jpeg_stream.ts", import.meta.url)}";
    const stream = new JpegStream();
    stream.push(Uint8Array.fromHex("${ONE.subarray(0, ONE.length - 2).toHex()}"));
    const nothing = new Uint8Array(1024 * 1024).fill(1);
    const before = Deno.memoryUsage().rss;
    for (let i = 0; i < 300; i++) stream.push(nothing);
    console.log(Deno.memoryUsage().rss - before);`);
  assertLess(grown, 200e6);
});
