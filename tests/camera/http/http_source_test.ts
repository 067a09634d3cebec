import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { SourceError } from "../../../lib/frame/source_error.ts";
import { freePort } from "../../testutil/relay/nats.ts";
import { testWith } from "../../testutil/needs.ts";
import { together } from "../../testutil/together.ts";
import { startWebCamera, usualPart, type WebAnswer } from "../../testutil/camera/web_camera.ts";
import { take } from "./take.ts";

const types = (type: string) => ["HTTP/1.1 200 OK", `Content-Type: ${type}`];
const boundary = (text: string) => types(`multipart/x-mixed-replace${text}`);
const parted =
  (delimiter: string) => (jpeg: Uint8Array) => [delimiter, ...usualPart(jpeg).slice(1)];
const lying = (more: number) => (jpeg: Uint8Array) => [
  ...usualPart(jpeg).slice(0, 2),
  `Content-Length: ${jpeg.length + more}`,
];

/** Oddities of cameras that must not matter. */
const ODDITIES: Record<string, WebAnswer> = {
  "all is as it should be": {},
  "parts without length": { part: (jpeg) => usualPart(jpeg).slice(0, 2) },
  "lines that end with LF": { newline: "\n" },
  "a length that is too short": { part: lying(-100) },
  "a length that is too long": { part: lying(2) },
  "a length of 0": { part: () => ["--frame", "Content-Length: 0"] },
  "a boundary in quotes": { head: boundary('; boundary="frame"') },
  "a boundary with dashes": { head: boundary("; boundary=--frame") },
  "dashes before those of the boundary": {
    head: boundary("; boundary=--frame"),
    part: parted("----frame"),
  },
  "a space after 'boundary'": { head: boundary(";boundary =--frame") },
  "no boundary told": { head: boundary("") },
  "another boundary than told": { head: boundary("; boundary=other") },
  "a boundary without dashes": { part: parted("frame") },
  "multipart/mixed": { head: types("multipart/mixed; boundary=frame") },
  "capital letters": { head: types("Multipart/X-Mixed-Replace;Boundary=frame") },
  "no content type": { head: ["HTTP/1.0 200 OK"] },
  "another content type": { head: types("application/octet-stream") },
  "an empty line first": { preamble: "\r\n" },
  "words first": { preamble: "This is a multipart stream.\r\n\r\n" },
  "parts without headers": { part: () => ["--frame"] },
  "nothing after a picture": { after: "" },
  "zeros after a picture": { after: "\0".repeat(64) },
  "one picture after the other, and nothing else": {
    head: types("image/jpeg"),
    part: () => [],
    after: "",
  },
  "chunks": {
    head: [...boundary("; boundary=frame"), "Transfer-Encoding: chunked"],
    isChunked: true,
  },
  "a connection closed after each picture": { pictures: 1 },
  "a connection closed after three pictures": { pictures: 3 },
  "one picture for each request": { head: types("image/jpeg"), part: () => [], pictures: 1 },
  "a time that stands still": { part: (jpeg) => [...usualPart(jpeg), "X-Timestamp: 12.500000"] },
};

Deno.test("HttpSource reads JPEG however a camera serves it", async (t) => {
  const check = (answer: WebAnswer) => async (): Promise<void> => {
    await using camera = startWebCamera(() => answer);
    const { frames, broken, encoder } = await take(camera.url, 6);
    assertEquals([broken, encoder], [0, "copy"]);
    for (const { width, height, format, timestamp } of frames) {
      assertEquals([width, height, format], [128, 128, "jpeg"]);
      assertLess(Math.abs(Date.now() / 1000 - timestamp), 60);
    }
    // Two may come in one millisecond.
    assertGreater(new Set(frames.map(({ timestamp }) => timestamp)).size, 1);
  };
  await together(
    t,
    Object.fromEntries(Object.entries(ODDITIES).map(([name, answer]) => [name, check(answer)])),
  );
});

Deno.test("HttpSource drops what is broken, and goes on", async (t) => {
  const cases: Record<string, WebAnswer["change"]> = {
    "half a picture": (jpeg, index) => index % 3 === 2 ? jpeg.slice(0, jpeg.length / 2) : jpeg,
    "what is no picture": (jpeg, index) =>
      index % 3 === 2 ? crypto.getRandomValues(new Uint8Array(3000)) : jpeg,
  };
  for (const [name, change] of Object.entries(cases)) {
    await t.step(name, async () => {
      await using camera = startWebCamera(() => change ? { change } : {});
      assertEquals((await take(camera.url, 6)).frames.length, 6);
    });
  }
});

testWith(
  ["ffmpeg"],
  "HttpSource decodes pictures that are encoded again, whatever their size",
  async (t) => {
    const size = (index: number): [number, number] => index % 10 < 5 ? [128, 128] : [256, 192];
    for (const encoder of ["imagescript", "ffmpeg"] as const) {
      await t.step(encoder, async () => {
        await using camera = startWebCamera(() => ({ size }));
        const taken = await take(camera.url, 30, { encoder, rotate: "90", ffmpeg: "ffmpeg" });
        assertEquals(taken.encoder, encoder);
        const sizes = taken.frames.map(({ width, height }) => `${width}x${height}`);
        assertEquals([...new Set(sizes)].sort(), ["128x128", "192x256"]);
        const format = encoder === "ffmpeg" ? "jpeg" : "rgba";
        assert(taken.frames.every((frame) => frame.format === format));
      });
    }
  },
);

Deno.test("HttpSource asks for single pictures as often as they are wanted, and for new ones only", async () => {
  const head = ["HTTP/1.1 200 OK", "Content-Type: image/jpeg", 'ETag: "1"', "Connection: close"];
  let asked = 0;
  await using camera = startWebCamera((request) => {
    const isKnown = /^if-none-match: "1"/im.test(request);
    return isKnown && asked++ % 2 === 0
      ? { head: ["HTTP/1.1 304 Not Modified", "Connection: close"], pictures: 0 }
      : { head, part: () => [], pictures: 1, after: "" };
  });
  const start = performance.now();
  await take(camera.url, 5, { fps: 10 });
  assertGreater(camera.requests.length, 8);
  assertGreater(performance.now() - start, 100 * (camera.requests.length - 2));
});

Deno.test("HttpSource repeats a single picture that is still the newest, with its time", async () => {
  await using camera = startWebCamera((request) =>
    /^if-modified-since/im.test(request)
      ? { head: ["HTTP/1.1 304 Not Modified", "Connection: close"], pictures: 0 }
      : {
        head: [
          "HTTP/1.1 200 OK",
          "Content-Type: image/jpeg",
          "Last-Modified: x",
          "Connection: close",
        ],
        part: () => [],
        pictures: 1,
      }
  );
  const { frames: [first, second] } = await take(camera.url, 2);
  assertEquals(first?.timestamp, second?.timestamp);
});

Deno.test("HttpSource takes the time that a server tells", async (t) => {
  const clocks = { "by our clock": 0, "by a clock of its own": -1e6 };
  for (const [name, offset] of Object.entries(clocks)) {
    await t.step(name, async () => {
      const told: number[] = [];
      await using camera = startWebCamera(() => ({
        part: (jpeg) => {
          // Taken 0.3 s before it is sent.
          told.push(Date.now() / 1000 - 0.3);
          return [...usualPart(jpeg), `X-Timestamp: ${((told.at(-1) ?? 0) + offset).toFixed(6)}`];
        },
      }));
      const { frames } = await take(camera.url, 6);
      const errors = frames.map(({ timestamp }, i) => timestamp - (told[i] ?? 0));
      const [first = NaN, last = NaN] = [errors[0], errors.at(-1)];
      if (offset === 0) {
        // If a busy machine delayed the first of them by a second, the clocks don't seem to agree.
        assertLess(Math.abs(last), 0.001);
      } else {
        // Each takes as long as the quickest so far, which depends on the machine.
        assert(first > 0.29 && first < 10, `${first}`);
        assert(
          errors.every((error, i) => error < (errors[i - 1] ?? Infinity) + 0.001),
          `${errors}`,
        );
        assert(last > 0.29);
      }
    });
  }
});

Deno.test("HttpSource follows a redirect, to an IPv6 address as well", async () => {
  await using camera = startWebCamera(() => ({}), { hostname: "::1" });
  const head = ["HTTP/1.1 307 Temporary Redirect", `Location: ${camera.url}x`, "Connection: close"];
  await using first = startWebCamera(() => ({ head, pictures: 0 }));
  await take(first.url, 2);
  await take(camera.url, 2);
});

Deno.test("HttpSource says why there are no pictures", async (t) => {
  const status = (text: string) => ({
    head: [`HTTP/1.1 ${text}`, "Content-Length: 0", "Connection: close"],
    pictures: 0,
  });
  const cases: Record<string, [WebAnswer, code: string, says: string]> = {
    "not there": [status("404 Not Found"), "missing", "isn't there"],
    "not allowed": [status("403 Forbidden"), "refused", "check user and password"],
    "out of order": [status("503 Busy"), "failed", "it answers 503 Service Unavailable"],
    "a page": [{ head: types("text/html"), pictures: 0 }, "unsupported", "is a page (text/html)"],
    "empty": [{ head: types("image/jpeg"), pictures: 0 }, "broken", "gives no whole picture"],
    "a loop": [
      { head: ["HTTP/1.1 302 Found", "Location: /", "Connection: close"], pictures: 0 },
      "unsupported",
      "redirects too often",
    ],
    "leads to a file": [
      {
        head: ["HTTP/1.1 302 Found", "Location: file:///etc/passwd", "Connection: close"],
        pictures: 0,
      },
      "unsupported",
      "leads to something else",
    ],
    "another wscam whose camera is down": [
      { part: (jpeg) => [...usualPart(jpeg), "X-Wscam-State: failed"] },
      "ended",
      "has no pictures at its origin",
    ],
  };
  for (const [name, [answer, code, says]] of Object.entries(cases)) {
    await t.step(name, async () => {
      await using camera = startWebCamera(() => answer);
      const error = await assertRejects(() => take(`${camera.url}?token=SECRET`, 1), SourceError);
      assertEquals(error.code, code);
      assertStringIncludes(error.message, says);
      assert(!error.message.includes("SECRET"));
    });
  }
  await t.step("nobody listens", async () => {
    const error = await assertRejects(
      () => take(`http://127.0.0.1:${freePort()}/`, 1),
      SourceError,
    );
    assertEquals(error.code, "unreachable");
    assertStringIncludes(error.message, "refuses connections");
  });
});
