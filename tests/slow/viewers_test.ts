import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { PYTHON } from "../../scripts/needs/python.ts";
import { readComment } from "../../lib/jpeg/comment.ts";
import { jpegSize } from "../../lib/jpeg/jpeg_size.ts";
import type { RenditionState, State } from "../../lib/server/state.ts";
import { eventually } from "../testutil/eventually.ts";
import { runFfprobe } from "../testutil/picture/ffprobe.ts";
import { openViewer, type TestViewer } from "../testutil/client/messages.ts";
import { testWith } from "../testutil/needs.ts";
import { startVcam } from "../testutil/camera/vcam.ts";
import { startWscam } from "../testutil/program/wscam.ts";

const PATIENCE = { within: 90_000 };

/** One viewer, what it asks for, and what it must get. */
interface Wish {
  query: string;
  fps: number;
  width: number;
}

/** The camera gives 30 frames a second of 640x480, as JPEG. */
const WISHES: readonly Wish[] = [
  { query: "", fps: 30, width: 640 },
  { query: "fps=10&width=320&format=binary", fps: 10, width: 320 },
  { query: "fps=15&width=320", fps: 15, width: 320 },
  { query: "fps=5&quality=40", fps: 5, width: 640 },
  { query: "fps=2&width=160&quality=50&format=binary&ack=1", fps: 2, width: 160 },
];

/** The time and the width of a picture. */
interface Shot {
  timestamp: number;
  width: number | undefined;
}

function shotsOf({ images, files }: TestViewer): Shot[] {
  const texts = images().map(({ timestamp, data }) => {
    return { timestamp, width: jpegSize(Uint8Array.fromBase64(data))?.width };
  });
  const others = files.map((file) => {
    return { ...JSON.parse(readComment(file) ?? ""), width: jpegSize(file)?.width };
  });
  return [...texts, ...others];
}

/**
 * Whether the newest pictures of five seconds come at this rate, or at that of all pictures where a busy machine makes
 * fewer; within a fifth, for it may get worse meanwhile.
 */
function isAtRate(shots: readonly Shot[], fps: number, all: readonly Shot[]): boolean {
  const newest = shots.slice(-5 * fps - 1);
  const [first, last] = [newest[0], newest.at(-1)];
  if (first === undefined || last === undefined || newest.length <= 5 * fps) return false;
  const seconds = last.timestamp - first.timestamp;
  const isMeanwhile = ({ timestamp }: Shot): boolean =>
    timestamp > first.timestamp && timestamp <= last.timestamp;
  const wanted = Math.min(fps, all.filter(isMeanwhile).length / seconds);
  return Math.abs((newest.length - 1) / seconds / wanted - 1) <= 0.2;
}

/** Acknowledges what comes. */
function acknowledge(viewer: TestViewer): void {
  viewer.socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) => {
    const { sequence } = JSON.parse(readComment(new Uint8Array(data)) ?? "{}");
    viewer.command({ type: "ack", sequence });
  });
}

async function readMetric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(text.match(new RegExp(`^${name}\\{.*\\} (.*)$`, "m"))?.[1]);
}

testWith(["vcam", "ffmpeg"], "five viewers of one camera each get what they ask for", async () => {
  await using vcam = await startVcam({ formats: ["MJPG"] });
  await using server = await startWscam(
    ["--camera", String(vcam.index), "--fps", "30", "--encoder", "copy"],
    { env: vcam.env },
  );
  await using stack = new AsyncDisposableStack();
  const viewers = await Promise.all(WISHES.map(async ({ query }) => {
    return stack.use(await openViewer(`${server.ws}/?${query}`));
  }));
  for (const [i, { query }] of WISHES.entries()) {
    const viewer = viewers[i];
    if (viewer && query.includes("ack=1")) acknowledge(viewer);
  }
  const [everything] = viewers;
  assert(everything);
  for (const [i, { query, fps, width }] of WISHES.entries()) {
    const viewer = viewers[i];
    assert(viewer);
    const what = `${fps} a second for '${query}'`;
    await eventually(() => isAtRate(shotsOf(viewer), fps, shotsOf(everything)), {
      ...PATIENCE,
      what,
    });
    assertEquals([...new Set(shotsOf(viewer).map((shot) => shot.width))], [width], query);
    assertEquals(viewer.errors(), []);
  }
  const { cameras: [camera] }: State = await (await fetch(`${server.url}/state`)).json();
  assert(camera);
  const told = camera.renditions.map(({ quality, width, viewers }) => [quality, width, viewers]);
  assertEquals(told.toSorted(), [[null, null, 1], [null, 320, 2], [40, null, 1], [50, 160, 1]]);
  const own = camera.renditions.find(({ quality, width }) => quality === null && width === null);
  assertEquals(own?.encoded, 0, "the camera's own JPEG is passed on");
  // Each at its fastest viewer's rate: 15 + 5 + 2 of 30; each for itself would be 32.
  const encoded = camera.renditions.reduce((sum, each) => sum + each.encoded, 0);
  assertLess(encoded, camera.frames * 0.85);
  const shared: RenditionState | undefined = camera.renditions.find(({ width }) => width === 320);
  assertLess(shared?.encoded ?? Infinity, camera.frames * 0.6);
  assertEquals(await readMetric(server.url, "wscam_renditions"), 4);
  const total = await readMetric(server.url, "wscam_frames_encoded_total");
  assert(total >= encoded && total < encoded + 100, "nothing else was encoded");
});

testWith(
  ["ffmpeg", "python3-pil"],
  "binary pictures are files that say what they are",
  async () => {
    await using server = await startWscam(["--camera", "door=test"]);
    await using viewer = await openViewer(`${server.ws}/?format=binary&width=200`);
    await eventually(() => viewer.files.length > 2, PATIENCE);
    const file = viewer.files[0] ?? new Uint8Array();
    const comment = readComment(file) ?? "";
    assertEquals(Object.keys(JSON.parse(comment)), ["camera", "sequence", "timestamp"]);
    assertEquals(JSON.parse(comment).camera, "door");
    assertEquals(await runFfprobe(file), { width: 200, height: 150, comment });
    const script = "import sys, json; from PIL import Image; im = Image.open(sys.stdin.buffer); " +
      "im.load(); print(json.dumps([*im.size, im.info['comment'].decode()]))";
    assertEquals(JSON.parse(await run(PYTHON, ["-c", script], file)), [200, 150, comment]);
    assertEquals(viewer.messages, []);
  },
);

testWith(["ffmpeg"], "/stream works in ffmpeg", async () => {
  await using server = await startWscam(["--camera", "test"]);
  const url = `${server.url}/stream?width=160`;
  const args = ["-v", "error", "-f", "mpjpeg", "-i", url, "-frames:v", "5"];
  const told = await run("ffmpeg", [...args, "-f", "framemd5", "pipe:1"]);
  assertMatch(told, /#dimensions 0: 160x120/);
  const sums = told.split("\n").filter((line) => /^0,/.test(line)).map((line) =>
    line.split(",")[5]
  );
  assertEquals([sums.length, new Set(sums).size], [5, 5], "five pictures, each another one");
});

testWith(["python3-opencv"], "/stream works in OpenCV", async () => {
  await using server = await startWscam(["--camera", "test"]);
  const script = "import sys, cv2; c = cv2.VideoCapture(sys.argv[1])\n" +
    "for _ in range(5): ok, im = c.read(); print(ok, im.shape)";
  const told = await run(PYTHON, ["-c", script, `${server.url}/stream.mjpg?width=160`]);
  assertEquals(told.trim().split("\n"), Array(5).fill("True (120, 160, 3)"));
});

Deno.test("a client of old gets nothing that it doesn't know, whatever others do", async () => {
  await using server = await startWscam(["--camera", "test"]);
  await using old = await openViewer(server.ws);
  await using odd = await openViewer(`${server.ws}/?fps=x&whatever=1`);
  await using half = await openViewer(`${server.ws}/?fps=x&format=binary`);
  await using other = await openViewer(`${server.ws}/?ack=1&format=binary`);
  const commands = ["configure", "pause", "resume", "status", "ping"];
  for (const type of commands) other.command({ type });
  await eventually(() => other.messages.length === commands.length, PATIENCE);
  await eventually(() => old.images().length > 20 && odd.images().length > 5, PATIENCE);
  for (const message of [...old.messages, ...odd.images()]) {
    assertEquals(Object.keys(message), ["type", "data", "timestamp"]);
  }
  assertEquals([old.files, odd.files], [[], []]);
  await eventually(() => half.files.length > 0, { ...PATIENCE, what: "what was right is sent" });
  assertEquals(odd.errors(), [{
    type: "error",
    message: "Cannot use address: field 'fps' must be a number from 0.1 to 120, got 'x'",
  }]);
});

/** The output of a program, which must end well. */
async function run(
  program: string,
  args: readonly string[],
  input: Uint8Array<ArrayBuffer> = new Uint8Array(),
): Promise<string> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(PATIENCE.within),
  }).spawn();
  await new Blob([input]).stream().pipeTo(child.stdin).catch(() => {});
  const { success, stdout, stderr } = await child.output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
