import { assert, assertEquals } from "@std/assert";
import { Tap } from "../../../lib/camera/ffmpeg/tap.ts";
import { inOwnProcess } from "../../testutil/program/own_process.ts";

const NO_UNIX = Deno.build.os === "windows";

/** A sender for one connection, which sends what the test says. */
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

Deno.test("Tap leaves the sender to ffmpeg where it can have no socket of its own", async (t) => {
  if (NO_UNIX) return;
  const script = `
    import { Tap } from ${JSON.stringify(import.meta.resolve("../../../lib/camera/ffmpeg/tap.ts"))};
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const accepted = listener.accept();
    const url = "tcp://127.0.0.1:" + listener.addr.port;
    const tap = await Tap.open(url, new AbortController().signal);
    const read = await (await accepted).read(new Uint8Array(1));
    console.log(JSON.stringify([tap === undefined, read]));
    Deno.exit();
  `;
  const parent = await Deno.makeTempDir();
  const long = `${parent}/${"x".repeat(120)}`;
  await Deno.mkdir(long);
  for (const [name, folder] of [["no folder", `${parent}/none`], ["a long name", long]] as const) {
    await t.step(name, async () => {
      assertEquals(await inOwnProcess(script, { TMPDIR: folder }), [true, null]);
    });
  }
  assertEquals([...Deno.readDirSync(long)], []);
  await Deno.remove(parent, { recursive: true });
});
