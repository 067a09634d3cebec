import { assert, assertEquals } from "@std/assert";
import { createSource } from "../../../lib/camera/create_source.ts";
import { Tap } from "../../../lib/camera/ffmpeg/tap.ts";
import { DEFAULT_CAPTURE } from "../../../lib/frame/change_capture.ts";
import { readFragment } from "../../../lib/h264/read_fragment.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { startSender } from "../../testutil/camera/sender.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";

const NO_UNIX = Deno.build.os === "windows";

/** A sender for one connection, which sends what it is told. */
function openSender(): { url: string; first: Promise<Deno.Conn>; close(): void } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const first = listener.accept();
  return {
    url: `tcp://127.0.0.1:${listener.addr.port}`,
    first,
    close: () => listener.close(),
  };
}

async function dial({ address }: Tap): Promise<Deno.Conn> {
  return await Deno.connect({ transport: "unix", path: address.slice("unix:".length) });
}

async function readText(from: Deno.Conn, length: number): Promise<string> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const read = await from.read(bytes.subarray(at));
    if (read === null) return new TextDecoder().decode(bytes.subarray(0, at));
    at += read;
  }
  return new TextDecoder().decode(bytes);
}

Deno.test("Tap gives each reader all from the beginning, until that is forgotten", async () => {
  if (NO_UNIX) return;
  const sender = openSender();
  const tap = await Tap.open(sender.url, new AbortController().signal);
  assert(tap);
  using connection = await sender.first;
  const send = (text: string) => connection.write(new TextEncoder().encode(text));
  await send("one ");
  const first = await dial(tap);
  assertEquals(await readText(first, 4), "one ");
  await send("two ");
  assertEquals(await readText(first, 4), "two ");
  first.close();
  const second = await dial(tap);
  await send("three ");
  assertEquals(await readText(second, 14), "one two three ");
  tap.forget();
  second.close();
  const third = await dial(tap);
  await send("four");
  assertEquals(await readText(third, 4), "four");
  // Its end is passed on.
  connection.close();
  assertEquals(await third.read(new Uint8Array(1)), null);
  third.close();
  await tap[Symbol.asyncDispose]();
  sender.close();
});

Deno.test("Tap ends, whatever it is at, and leaves nothing behind", async () => {
  if (NO_UNIX) return;
  const sender = openSender();
  const tap = await Tap.open(sender.url, new AbortController().signal);
  assert(tap);
  using connection = await sender.first;
  // More than sockets hold: nobody reads.
  void connection.write(new Uint8Array(32 * 1024 * 1024)).catch(() => {});
  const reader = await dial(tap);
  await reader.read(new Uint8Array(10));
  await tap[Symbol.asyncDispose]();
  reader.close();
  const folder = tap.address.replace(/^unix:|\/[^/]*$/g, "");
  assertEquals(await Deno.stat(folder).catch(() => "gone"), "gone");
  sender.close();
});

Deno.test("Tap leaves to ffmpeg what can't be reached, and what isn't there to be called", async () => {
  const { signal } = new AbortController();
  const sender = openSender();
  sender.close();
  await sender.first.catch(() => {});
  assertEquals(await Tap.open(sender.url, signal), undefined);
  assertEquals(await Tap.open("tcp://@:8888", signal), undefined);
  assertEquals(await Tap.open(sender.url, AbortSignal.abort()), undefined);
});

const X264 = ["-tune", "zerolatency", "-g", "20"];
const SENDERS = {
  "MPEG-TS": [...X264, "-f", "mpegts"],
  "H.264 without a container": [...X264, "-an", "-f", "h264"],
  "JPEG": ["-an", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-f", "mjpeg"],
};

for (const [name, args] of Object.entries(SENDERS)) {
  for (const format of ["h264", "binary"]) {
    testWith(
      ["ffmpeg"],
      `a sender that ends with its first connection is shown: ${name}, as ${format}`,
      async () => {
        if (Deno.build.os !== "linux") return;
        await using sender = await startSender((port) => `tcp://127.0.0.1:${port}?listen=1`, args);
        const source = createSource(
          { kind: "url", url: `tcp://127.0.0.1:${sender.port}` },
          DEFAULT_CAPTURE,
          { ffmpeg: "ffmpeg" },
        );
        await using server = await startTestServer({ source });
        await using viewer = await openViewer(`${server.ws}/?format=${format}`);
        const isVideo = format === "h264";
        const count = (): number =>
          viewer.files.filter((file) => (readFragment(file) !== undefined) === isVideo).length;
        await eventually(() => count() > 20);
        // Whoever wants the other form gets it of the same connection.
        await using other = await openViewer(`${server.ws}/?format=${isVideo ? "binary" : "h264"}`);
        await eventually(() => other.files.length > 10);
        const before = count();
        await eventually(() => count() > before + 10);
        assertEquals(viewer.errors().concat(other.errors()), []);
      },
    );
  }
}
