import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { getEventListeners } from "node:events";
import { ByteReader } from "../../../lib/ffmpeg/output/byte_reader.ts";
import { createRandom } from "../../testutil/random.ts";
import { bytesOf, byteStream, concat } from "./bordered_stream.ts";

const TEXT = "HEAD a=1;;12345678--mark--rest of it";
const BYTES = bytesOf(TEXT);

function textOf(bytes: Uint8Array | string | undefined): string | undefined {
  return typeof bytes === "object" ? new TextDecoder().decode(bytes) : bytes;
}

async function readBytes(reader: ByteReader, size: number): Promise<string | undefined> {
  return textOf(await reader.read(new ArrayBuffer(size), size));
}

async function readHead(
  reader: ByteReader,
  ending: string,
  least = ending.length,
): Promise<string | undefined> {
  return textOf(await reader.readThrough(bytesOf(ending), least));
}

/** All that a reader can do, one after the other. */
async function readAll(chunks: readonly Uint8Array[]): Promise<(string | boolean | undefined)[]> {
  using reader = new ByteReader(byteStream(chunks).stream, 16);
  return [
    await readHead(reader, ";;"),
    await readBytes(reader, 8),
    await reader.skipPast(bytesOf("--mark--")),
    await readHead(reader, " "),
    await readBytes(reader, 3),
    await readBytes(reader, 3),
  ];
}

const PARTS = ["HEAD a=1;;", "12345678", true, "rest ", "of ", undefined];

Deno.test("ByteReader reads the same at every split in two", async () => {
  for (let at = 0; at <= BYTES.length; at++) {
    assertEquals(await readAll([BYTES.subarray(0, at), BYTES.subarray(at)]), PARTS, `at ${at}`);
  }
});

Deno.test("ByteReader reads the same when bytes come one at a time", async () => {
  assertEquals(await readAll(Array.from(BYTES, (byte) => Uint8Array.of(byte))), PARTS);
});

Deno.test("ByteReader.read() gives nothing when the stream ends before its size", async () => {
  for (let length = 0; length < 4; length++) {
    using reader = new ByteReader(byteStream([BYTES.subarray(0, length)]).stream, 16);
    assertEquals(await readBytes(reader, 4), undefined);
  }
});

Deno.test("ByteReader.read() fills the buffer that it was given", async () => {
  using reader = new ByteReader(byteStream([BYTES]).stream, 16);
  const buffer = new ArrayBuffer(100);
  const read = await reader.read(buffer, 4);
  assertEquals(textOf(read), "HEAD");
  assertEquals(read?.buffer.byteLength, 100);
  assert(buffer.detached);
});

Deno.test("ByteReader.readThrough() ends at the first ending, whatever the bytes", async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = createRandom(seed);
    const word = (length: number) =>
      Array.from({ length }, () => random.pick(["a", "b", "b"])).join("");
    const [text, ending] = [word(20), word(1 + random.below(4))];
    const least = ending.length + random.below(4);
    const at = text.indexOf(ending, least - ending.length);
    using reader = new ByteReader(byteStream([bytesOf(text)]).stream, 64);
    const wanted = at < 0 ? undefined : text.slice(0, at + ending.length);
    assertEquals(await readHead(reader, ending, least), wanted, `${ending} in ${text}`);
    if (wanted === undefined || wanted.length === text.length) continue;
    const rest = text.slice(wanted.length);
    assertEquals(await readBytes(reader, rest.length), rest, "not a byte further");
  }
});

Deno.test("ByteReader.readThrough() says when the ending doesn't come in time", async () => {
  for (const [length, wanted] of [[14, "length"], [15, "long"]] as const) {
    const text = `${"x".repeat(length)};;${"y".repeat(20)}`;
    using reader = new ByteReader(byteStream([bytesOf(text)]).stream, 16);
    const head = await readHead(reader, ";;");
    assertEquals(head, wanted === "long" ? "long" : text.slice(0, 16));
  }
});

Deno.test("ByteReader.readThrough() gives nothing when the stream ends before the ending", async () => {
  for (const text of ["", "x", "x;"]) {
    using reader = new ByteReader(byteStream([bytesOf(text)]).stream, 16);
    assertEquals(await readHead(reader, ";;"), undefined);
  }
});

Deno.test("ByteReader.skipPast() finds the first mark, whatever the bytes and splits", async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = createRandom(seed);
    const word = (length: number) => Array.from({ length }, () => random.pick(["a", "b"])).join("");
    const [text, mark] = [word(40), word(1 + random.below(5))];
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < text.length;) {
      const length = 1 + random.below(8);
      chunks.push(bytesOf(text.slice(at, at + length)));
      at += length;
    }
    using reader = new ByteReader(byteStream(chunks).stream, 16);
    const found = text.split(mark).length - 1;
    let rest = text;
    for (let i = 0; i < found; i++) {
      assert(await reader.skipPast(bytesOf(mark)), `${mark} in ${text}`);
      rest = rest.slice(rest.indexOf(mark) + mark.length);
    }
    if (seed % 2) assertEquals(await reader.skipPast(bytesOf(mark)), false);
    else assertEquals(await readBytes(reader, rest.length), rest);
  }
});

Deno.test("ByteReader.skipPast() goes through more than it keeps", async () => {
  const megabyte = new Uint8Array(1 << 20).fill(0x2d);
  const chunks = [...Array.from({ length: 8 }, () => megabyte), bytesOf("--mark--rest")];
  using reader = new ByteReader(byteStream(chunks).stream, 16);
  assert(await reader.skipPast(bytesOf("--mark--")));
  assertEquals(await readBytes(reader, 4), "rest");
});

Deno.test("ByteReader reads on after what it had read too far", async () => {
  using reader = new ByteReader(byteStream([bytesOf("mark12;;345mark67")]).stream, 8);
  assert(await reader.skipPast(bytesOf("mark")));
  assertEquals(await readHead(reader, ";;"), "12;;");
  assertEquals(await readBytes(reader, 2), "34");
  assert(await reader.skipPast(bytesOf("mark")));
  assertEquals(await readBytes(reader, 2), "67");
  assertEquals(await readBytes(reader, 1), undefined);
});

const WAYS = {
  read: (reader: ByteReader) => readBytes(reader, 100),
  readThrough: (reader: ByteReader) => readHead(reader, "\0"),
  skipPast: (reader: ByteReader) => reader.skipPast(bytesOf("\0")),
};

Deno.test("ByteReader ends when its signal is aborted while it reads", async (t) => {
  for (const [name, way] of Object.entries(WAYS)) {
    await t.step(name, async () => {
      const abort = new AbortController();
      const waits = Promise.withResolvers<void>();
      // It is asked for only once all bytes before it were taken.
      const never = { then: () => waits.resolve() } as unknown as Promise<void>;
      const { stream, isCancelled } = byteStream([bytesOf("xy"), never], { ends: false });
      using reader = new ByteReader(stream, 16, abort.signal);
      const read = way(reader);
      await waits.promise;
      abort.abort();
      assert(!await read);
      assert(isCancelled());
    });
  }
});

Deno.test("ByteReader gives nothing when its signal is aborted already", async (t) => {
  for (const [name, way] of Object.entries(WAYS)) {
    await t.step(name, async () => {
      const { stream, isCancelled } = byteStream([BYTES], { ends: false });
      using reader = new ByteReader(stream, 16, AbortSignal.abort());
      assert(!await way(reader));
      assert(isCancelled());
    });
  }
});

Deno.test("ByteReader gives nothing after an abort, though it had read further", async (t) => {
  const ways = {
    read: (reader: ByteReader) => readBytes(reader, 4),
    readThrough: (reader: ByteReader) => readHead(reader, ";;"),
    skipPast: (reader: ByteReader) => reader.skipPast(bytesOf("--")),
  };
  for (const [name, way] of Object.entries(ways)) {
    await t.step(name, async () => {
      const abort = new AbortController();
      using reader = new ByteReader(byteStream([BYTES]).stream, 16, abort.signal);
      assert(await reader.skipPast(bytesOf("HEAD")));
      abort.abort();
      assert(!await way(reader));
    });
  }
});

Deno.test("ByteReader lets go of its stream and its signal when it is disposed of", async () => {
  const { signal } = new AbortController();
  const { stream, isCancelled } = byteStream([BYTES], { ends: false });
  const reader = new ByteReader(stream, 16, signal);
  assertEquals(await readBytes(reader, 4), "HEAD");
  reader[Symbol.dispose]();
  reader[Symbol.dispose]();
  assert(isCancelled());
  assertEquals(getEventListeners(signal, "abort"), []);
});

Deno.test("ByteReader passes on the failure of the stream", async (t) => {
  for (const [name, way] of Object.entries(WAYS)) {
    await t.step(name, async () => {
      const failure = Promise.reject(new Error("pipe broken"));
      using reader = new ByteReader(byteStream([concat([BYTES]), failure]).stream, 64);
      let error: unknown;
      await way(reader).catch((thrown) => error = thrown);
      assertInstanceOf(error, Error);
      assertEquals(error.message, "pipe broken");
    });
  }
});
