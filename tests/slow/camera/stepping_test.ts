import { assert, assertEquals } from "@std/assert";
import { loadSource } from "../../../lib/camera/source_kinds.ts";
import { DEFAULT_CAPTURE } from "../../../lib/frame/change_capture.ts";
import { readFragment } from "../../../lib/h264/read_fragment.ts";
import { decode } from "../../h264/video.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";

/** The first part lasts longer than ffmpeg looks at a stream before it reads it, in seconds. */
const FIRST = 8;
/** The times of the second part begin this long before the end of the first, in seconds. */
const BACK = 4;
const PARTS = [{ from: 10, seconds: FIRST }, { from: 10 + FIRST - BACK, seconds: 60 }];

/** Of FLV; the second part goes on where the first ends. */
const HEADER_BYTES = 13;

/** A camera over TCP whose times step back once, as those of an RTSP proxy do that learns the camera's clock. */
function startStepping(args: readonly string[]): { port: number } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const running = new Set<Deno.ChildProcess>();
  let isOver = false;
  const serving = (async () => {
    using conn = await listener.accept();
    const writer = conn.writable.getWriter();
    for (const { from, seconds } of PARTS) {
      if (isOver) return;
      const input = ["-re", "-f", "lavfi", "-i", `testsrc2=s=160x120:r=10:d=${seconds}`];
      const coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10"];
      const process = new Deno.Command("ffmpeg", {
        args: ["-v", "error", "-nostdin", ...input, ...coded, ...args, "-output_ts_offset"]
          .concat(String(from), "-f", "flv", "-flush_packets", "1", "pipe:1"),
        stdout: "piped",
      }).spawn();
      running.add(process);
      let skip = from === PARTS[0]?.from ? 0 : HEADER_BYTES;
      for await (const chunk of process.stdout) {
        await writer.write(chunk.subarray(skip));
        skip = Math.max(0, skip - chunk.length);
      }
      await process.status;
      running.delete(process);
    }
  })().catch(() => {});
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      isOver = true;
      for (const process of running) process.kill("SIGKILL");
      await Promise.all([...running].map(({ status }) => status));
      listener.close();
      await serving;
    },
  };
}

for (const [name, args] of [["in order", ["-bf", "0"]], ["with B-frames", ["-bf", "2"]]] as const) {
  testWith(["ffmpeg"], `a camera's times may step back: ${name}`, async () => {
    if (Deno.build.os !== "linux") return;
    await using camera = startStepping([...args, "-tune", "zerolatency"]);
    const url = `tcp://127.0.0.1:${camera.port}`;
    const source = (await loadSource({ kind: "url", url }))(DEFAULT_CAPTURE, { ffmpeg: "ffmpeg" });
    await using server = await startTestServer({ source });
    await using viewer = await openViewer(`${server.ws}/?format=h264`);
    const arrivals: { age: number; time: number; at: number }[] = [];
    viewer.socket.addEventListener("message", ({ data }) => {
      const read = data instanceof ArrayBuffer ? readFragment(new Uint8Array(data)) : undefined;
      if (read === undefined) return;
      const at = Date.now() / 1000;
      arrivals.push({ age: at - read.timestamp, time: read.decodeTime / 90_000, at });
    });
    // This much of the second part is watched: as much as the times step back, and more.
    await eventually(() => arrivals.length > 10 * (FIRST + BACK + 2), { within: 60_000 });
    // A busy machine may take a moment; what is wrong after the step stays wrong.
    await eventually(() => arrivals.slice(-5).every(({ age }) => age < BACK / 2), {
      what: "pictures that are told to be fresh",
    });
    // Neither squeezed nor stretched, once what ffmpeg had looked at has come.
    const began = arrivals[0]?.at ?? 0;
    const first = arrivals.find(({ at }) => at > began + 0.5);
    assert(first !== undefined);
    await eventually(() => {
      const { at, time } = arrivals.at(-1) ?? first;
      return Math.abs(time - first.time - (at - first.at)) < BACK / 2;
    }, { what: "times that go on as pictures come" });
    const { complaints } = await decode(await new Blob(viewer.files).bytes());
    assertEquals([complaints, viewer.errors()], ["", []]);
  });
}
