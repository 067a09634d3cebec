import { assert, assertEquals, assertGreater, assertLess, assertStringIncludes } from "@std/assert";
import { isInitialisation, readFragment } from "../../../lib/h264/read_fragment.ts";
import type { VideoMessage } from "../../../lib/protocol/message.ts";
import type { State } from "../../../lib/server/state.ts";
import { decode } from "../../h264/video.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer, type TestViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { ffmpegsWith } from "../../testutil/system/processes.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";

const LINUX = Deno.build.os === "linux";

/** The words that tell how what follows is decoded. */
function videos({ messages }: TestViewer): VideoMessage[] {
  const all = messages as readonly { type: string }[];
  return all.filter((message): message is VideoMessage => message.type === "video");
}

/** The numbers of the pictures that came. */
function sequences({ files }: TestViewer): number[] {
  return files.flatMap((file) => readFragment(file)?.sequence ?? []);
}

function isRising(numbers: readonly number[]): boolean {
  return numbers.every((each, i) => i === 0 || each > (numbers[i - 1] ?? 0));
}

testWith(
  ["ffmpeg"],
  "format=h264 gives words, a start and pictures that decode, in order",
  async (t) => {
    await using server = await startTestServer({ width: 98, height: 64 });
    for (const query of ["format=h264", "format=h264&width=50", "format=h264&fps=8&quality=30"]) {
      await t.step(query, async () => {
        await using viewer = await openViewer(`${server.ws}/?${query}`);
        await eventually(() => sequences(viewer).length >= 20);
        const [words, ...more] = videos(viewer);
        assert(words);
        assertEquals(more, []);
        assertEquals(viewer.messages.length, 1);
        assertEquals([words.width, words.height], query.includes("width") ? [50, 32] : [98, 64]);
        assert(/^video\/mp4; codecs="avc1\.[0-9A-F]{6}"$/.test(words.mime), words.mime);
        const [start, ...pictures] = viewer.files;
        assert(start && isInitialisation(start));
        const read = pictures.map(readFragment);
        assertEquals(read.includes(undefined), false);
        assertEquals(read[0]?.isKey, true);
        assert(isRising(sequences(viewer)));
        for (const each of read) {
          assertLess(Math.abs(Date.now() / 1000 - (each?.timestamp ?? 0)), 20);
        }
        const decoded = await decode(await new Blob([start, ...pictures]).bytes());
        const { width, height } = words;
        assertEquals(decoded, { frames: pictures.length, width, height, complaints: "" });
      });
    }
  },
);

testWith(
  ["ffmpeg"],
  "format=h264 shows who joins the newest group of pictures at once",
  async () => {
    await using server = await startTestServer({ fps: 10 });
    await using first = await openViewer(`${server.ws}/?format=h264`);
    // Between two key frames.
    await eventually(() => sequences(first).length >= 6);
    await using second = await openViewer(`${server.ws}/?format=h264`);
    await eventually(() => sequences(second).length >= 3);
    const [, picture] = second.files;
    assert(picture);
    const begun = readFragment(picture);
    assert(begun?.isKey);
    assert(sequences(first).includes(begun.sequence), "it begins with what was there");
    assert(isRising(sequences(second)));
  },
);

testWith(["ffmpeg"], "a viewer goes from JPEG to H.264 and back, again and again", async () => {
  await using server = await startTestServer();
  await using viewer = await openViewer(`${server.ws}/?format=binary&width=58`);
  await using other = await openViewer(server.ws);
  await eventually(() => viewer.files.length > 0);
  for (let i = 0; i < 10; i++) {
    const format = i % 2 === 0 ? "h264" : "binary";
    viewer.command({ type: "configure", id: i, format });
    await eventually(() =>
      viewer.messages.some((each) => "id" in each && each.id === i) || undefined
    );
    const before = viewer.files.length;
    await eventually(() => viewer.files.length > before + 1);
    const last = viewer.files.at(-1);
    assertEquals(last && readFragment(last) !== undefined, format === "h264");
  }
  assertEquals(viewer.errors(), []);
  assertEquals(other.errors(), []);
  if (LINUX) await eventually(async () => (await ffmpegsWith("scale=58:")).length <= 1);
  assert(server.served.streams.length <= 3);
});

testWith(
  ["ffmpeg"],
  "a viewer that has gone to H.264 with JPEG unacknowledged gets JPEG again",
  async () => {
    await using server = await startTestServer();
    await using viewer = await openViewer(`${server.ws}/?format=binary&ack=1`);
    const jpegs = (): number => viewer.files.filter(([first]) => first === 0xff).length;
    for (let i = 1; i <= 2; i++) {
      await eventually(() => jpegs() === 2 * i);
      viewer.command({ type: "configure", format: "h264" });
      const before = sequences(viewer).length;
      await eventually(() => sequences(viewer).length > before);
      viewer.command({ type: "configure", format: "binary" });
    }
    await eventually(() => jpegs() > 4);
  },
);

testWith(
  ["ffmpeg"],
  "a viewer that doesn't acknowledge waits for a key frame, and nobody else does",
  async () => {
    await using server = await startTestServer({ fps: 10 });
    await using fast = await openViewer(`${server.ws}/?format=h264`);
    await using slow = await openViewer(`${server.ws}/?format=h264&ack=1`);
    const acknowledge = (): void => {
      const sequence = sequences(slow).at(-1);
      if (sequence !== undefined) slow.command({ type: "ack", sequence });
    };
    await eventually(() => sequences(slow).length >= 3);
    await eventually(async () => {
      const { viewers } = await (await fetch(`${server.url}/state`)).json() as State;
      return viewers.some(({ dropped }) => dropped > 5);
    });
    const before = sequences(slow).length;
    acknowledge();
    await eventually(() => (acknowledge(), sequences(slow).length > before + 5));
    const next = slow.files.filter((file) => readFragment(file) !== undefined)[before];
    assertEquals(next && readFragment(next)?.isKey, true);
    const { viewers } = await (await fetch(`${server.url}/state`)).json() as State;
    assertEquals(viewers.map(({ dropped }) => dropped > 0), [false, true]);
    assertEquals(viewers.map(({ codec }) => codec), ["h264", "h264"]);
    assert(isRising(sequences(fast)));
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    assertGreater(Number(metrics.match(/^wscam_frames_left_out_total\S* (\d+)/m)?.[1]), 3);
    assertEquals(metrics.match(/^wscam_h264_viewers\S* (\d+)/m)?.[1], "2");
  },
);

testWith(["ffmpeg"], "GET /stream.mp4 gives the same to programs", async () => {
  await using server = await startTestServer();
  const response = await fetch(`${server.url}/stream.mp4?width=32`);
  assertEquals([response.status, response.headers.get("content-type")], [200, "video/mp4"]);
  assert(response.body);
  const file: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of response.body) {
    file.push(chunk);
    if (file.length > 30) break;
  }
  const decoded = await decode(await new Blob(file).bytes());
  assertEquals([decoded.width, decoded.height], [32, 24]);
  assertGreater(decoded.frames, 10);
  await eventually(() => server.served.size === 0);
  const head = await fetch(`${server.url}/stream.mp4`, { method: "HEAD" });
  assertEquals([head.status, head.headers.get("content-type")], [200, "video/mp4"]);
  const wrong = await fetch(`${server.url}/stream.mp4?width=1`);
  assertEquals([wrong.status, await wrong.text()], [
    400,
    "Cannot use address: field 'width' must be a whole number from 16 to 8192, got 1\n",
  ]);
});

testWith(
  ["ffmpeg"],
  "an ffmpeg without an encoder is told to those who want H.264, and JPEG goes on",
  async () => {
    const dir = await Deno.makeTempDir();
    const script = '#!/bin/sh\ncase "$*" in *-encoders) exit 0;; esac\nexec ffmpeg "$@"\n';
    await Deno.writeTextFile(`${dir}/ffmpeg`, script, { mode: 0o755 });
    await using server = await startTestServer({ ffmpeg: `${dir}/ffmpeg` });
    await using viewer = await openViewer(`${server.ws}/?format=h264`);
    await using other = await openViewer(server.ws);
    const { message } = await eventually(() => viewer.errors()[0]);
    assertStringIncludes(message, "has no encoder for H.264");
    assertStringIncludes(message, "install one with");
    const response = await fetch(`${server.url}/stream.mp4`);
    assertEquals(response.status, 503);
    assertStringIncludes(await response.text(), "has no encoder for H.264");
    const before = other.images().length;
    await eventually(() => other.images().length > before + 3);
    assertEquals(other.errors(), []);
    const health = await (await fetch(`${server.url}/healthz`)).json();
    assertEquals(health.ok, true);
    viewer.command({ type: "configure", format: "binary" });
    await eventually(() => viewer.files.length > 2);
    assertEquals(viewer.errors().length, 1);
    await Deno.remove(dir, { recursive: true });
  },
);

testWith(
  ["ffmpeg"],
  "an encoder that dies again and again is told once, and tried again",
  async () => {
    const dir = await Deno.makeTempDir();
    const script =
      `#!/bin/sh\ncase "$*" in *flv*) test -e ${dir}/well || exit 3;; esac\nexec ffmpeg "$@"\n`;
    await Deno.writeTextFile(`${dir}/ffmpeg`, script, { mode: 0o755 });
    await using server = await startTestServer({ ffmpeg: `${dir}/ffmpeg` });
    await using viewer = await openViewer(`${server.ws}/?format=h264`);
    await using other = await openViewer(server.ws);
    await eventually(() => viewer.errors().length > 0);
    assertStringIncludes(viewer.errors()[0]?.message ?? "", "cannot encode H.264");
    await Deno.writeTextFile(`${dir}/well`, "");
    await eventually(() => sequences(viewer).length > 3);
    assertEquals(viewer.errors().length, 1);
    assertEquals(other.errors(), []);
    await Deno.remove(dir, { recursive: true });
  },
);

testWith(
  ["ffmpeg"],
  "an encoder that is killed is started again, with words and a start",
  async () => {
    if (!LINUX) return;
    await using server = await startTestServer({ width: 80 });
    await using viewer = await openViewer(`${server.ws}/?format=h264&width=62`);
    await eventually(() => sequences(viewer).length > 3);
    for (const pid of await ffmpegsWith("scale=62:")) Deno.kill(pid, "SIGKILL");
    await eventually(() => videos(viewer).length === 2);
    const again = viewer.files.findLastIndex(isInitialisation);
    await eventually(() => viewer.files.length > again + 3);
    const next = viewer.files[again + 1];
    assertEquals(next && readFragment(next)?.isKey, true);
    const decoded = await decode(await new Blob(viewer.files.slice(again)).bytes());
    assertEquals(decoded.complaints, "");
  },
);

testWith(
  ["ffmpeg"],
  "there is no ninth rendition, and H.264 is refused if none exists",
  async () => {
    await using server = await startTestServer();
    const widths = [16, 20, 24, 28, 32, 36, 40];
    const jpegs = await Promise.all(
      widths.map((width) => openViewer(`${server.ws}/?width=${width}`)),
    );
    await eventually(() => server.served.streams.length === 8);
    await using viewer = await openViewer(`${server.ws}/?format=h264`);
    const { message } = await eventually(() => viewer.errors()[0]);
    assertStringIncludes(message, "no more renditions can be made");
    await using other = await openViewer(server.ws);
    await eventually(() => other.images().length > 0);
    other.command({ type: "configure", id: 1, format: "h264" });
    await eventually(() => other.errors().length > 0);
    const before = other.images().length;
    await eventually(() => other.images().length > before + 2);
    for (const each of jpegs) await each[Symbol.asyncDispose]();
    await eventually(() => sequences(viewer).length > 3);
  },
);
