import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import { SourceError } from "../../../lib/frame/source_error.ts";
import type { Source } from "../../../lib/camera/source.ts";
import { createTestPicture } from "../../../lib/camera/test_picture/test_picture.ts";
import { DEFAULT_CAPTURE } from "../../../lib/frame/change_capture.ts";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { placeholderOf } from "../../../lib/server/pictures/placeholder.ts";
import { streamResponse } from "../../../lib/server/pictures/mjpeg.ts";
import { Viewers } from "../../../lib/server/viewers.ts";
import { Cameras } from "../../../lib/stream/cameras.ts";
import { ServedCamera } from "../../../lib/stream/served_camera.ts";
import { decodeJpeg } from "../../jpeg/jpegs.ts";
import { askedBy } from "../asked.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";
import { readParts } from "./parts.ts";

/** A camera that is down until a test says that it is back. */
function moody(): Source & { isBack: boolean } {
  const pattern = createTestPicture({ width: 64, height: 48, fps: 30 });
  const source = {
    isBack: false,
    async *frames(options: Parameters<Source["frames"]>[0]) {
      await Promise.resolve();
      if (!source.isBack) throw new SourceError("gone", "was unplugged");
      yield* pattern.frames(options);
    },
  };
  return source;
}

/** The part of a picture that is text. */
async function inkOf(jpeg: Uint8Array): Promise<number> {
  const { data, width, height } = await decodeJpeg(jpeg);
  const bytes = data.length / (width * height);
  let lit = 0;
  for (let at = 0; at < data.length; at += bytes) if ((data[at] ?? 0) > 128) lit++;
  return lit / (width * height);
}

Deno.test("GET /stream of a camera that is down shows why, until it is back", async () => {
  const source = moody();
  await using server = await startTestServer({ source });
  let failed = 0;
  let before = 0;
  for await (const { headers, body } of readParts(await fetch(`${server.url}/stream`))) {
    if (headers.get("x-wscam-state") !== "failed") {
      assertEquals(jpegSize(body), { width: 64, height: 48 });
      break;
    }
    const time = Number(headers.get("x-timestamp"));
    // Nobody is flooded.
    assertGreater(time - before, 0.3);
    before = time;
    assertGreater(await inkOf(body), 0.004);
    source.isBack = ++failed >= 2;
  }
  assertGreater(failed, 1);
});

Deno.test("GET /stream of a camera that is down waits for it where no placeholder can be made", async () => {
  const source = moody();
  // No JPEG file is so high.
  const capture = { ...DEFAULT_CAPTURE, resolution: { width: 1, height: 70_000 } };
  const control = {
    spec: { kind: "test" } as const,
    ffmpeg: "ffmpeg",
    capture,
    createSource: () => source,
  };
  await using served = new ServedCamera(source, {
    name: "door",
    description: "test",
    fps: 30,
    control,
  });
  await assertRejects(() => placeholderOf(served, { reason: "is gone" }), RangeError);
  const viewers = new Viewers({ maxClients: 10, maxConnections: 10, onLeave() {} });
  const response = streamResponse(askedBy({ cameras: new Cameras([served]) }), {}, viewers);
  setTimeout(() => source.isBack = true, 600);
  for await (const { headers } of readParts(response)) {
    assertEquals(headers.get("x-wscam-state"), null);
    break;
  }
});

Deno.test("GET /snapshot of a camera that is down takes the picture that says why, where it is asked for", async () => {
  await using server = await startTestServer({ source: moody() });
  const plain = await fetch(`${server.url}/snapshot`);
  assertEquals([plain.status, plain.headers.get("content-type")?.slice(0, 10)], [
    503,
    "text/plain",
  ]);
  await plain.body?.cancel();
  const drawn = await fetch(`${server.url}/snapshot?placeholder=1&width=320`);
  assertEquals([drawn.status, drawn.headers.get("content-type")], [200, "image/jpeg"]);
  assertEquals(drawn.headers.get("x-wscam-state"), "failed");
  assertEquals(jpegSize(await drawn.bytes())?.width, 320);
});

Deno.test("placeholderOf() draws in any size and any script, once for all who look", async (t) => {
  for (const name of ["door", "Küche, straße", "猫の部屋 📷", "x".repeat(300), " "]) {
    await t.step(name, async () => {
      await using served = new ServedCamera(createTestPicture({ width: 64, height: 48, fps: 1 }), {
        name,
        description: "test",
        fps: 1,
      });
      const outage = { reason: "is busy: ffmpeg (pid 7) has it", retryAt: Date.now() };
      for (const width of [null, 16, 640]) {
        const first = placeholderOf(served, outage, width);
        assert(first === placeholderOf(served, outage, width));
        assertEquals(jpegSize(await first)?.width, width ?? 640);
        assertLess(await inkOf(await first), 0.6);
      }
      const others = [outage, { reason: "is gone" }].map((each) => placeholderOf(served, each));
      assert(others[0] !== others[1]);
      await Promise.all(others);
    });
  }
});

Deno.test("a server's end waits for placeholders that are being encoded", async () => {
  // Their encoding takes much longer than the rest of the end.
  const reasons = Array.from({ length: 40 }, (_, i) => `is gone ${i}`);
  let encoded = 0;
  {
    await using server = await startTestServer();
    for (const reason of reasons) {
      void placeholderOf(server.served, { reason }).then(() => encoded++);
    }
  }
  // Native code reads their pixels until then.
  assertEquals(encoded, reasons.length);
});
