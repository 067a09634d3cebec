import { assertEquals } from "@std/assert";
import { PYTHON } from "../../../scripts/needs/python.ts";
import { startServerProcess } from "../../../scripts/release/server_process.ts";
import { launchBrowser, type ViewerPage } from "../testutil/browser.ts";
import { decodeJpeg } from "../../jpeg/jpegs.ts";
import { readComment } from "../../../lib/jpeg/comment.ts";
import { eventually } from "../../testutil/eventually.ts";
import { answerPing, startFakeServer } from "../../testutil/server/fake_server.ts";
import { type TestNeed, testWith } from "../../testutil/needs.ts";
import { PYTHON_PACKAGE } from "../../testutil/program/python_package.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const DESKTOP = { viewport: { width: 1280, height: 800 } };
/** Less to draw, and to look at. */
const SMALL = { viewport: { width: 640, height: 600 } };
const BOX = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };

/** A row of the screen where the picture is, as red, green and blue; `y` is 0 to 1 of its height. */
async function lookAtRow({ page }: ViewerPage, y: number): Promise<number[][]> {
  const png = await page.locator("#view figure").screenshot();
  return await page.evaluate<number[][]>(`(async () => {
    const bytes = Uint8Array.from(atob("${png.toString("base64")}"), (char) => char.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const { width, height } = image;
    const context = new OffscreenCanvas(width, 1).getContext("2d");
    context.drawImage(image, 0, Math.round(${y} * height), width, 1, 0, 0, width, 1);
    const { data } = context.getImageData(0, 0, width, 1);
    return Array.from({ length: width }, (_, x) => [...data.slice(4 * x, 4 * x + 3)]);
  })()`);
}

/** The coloured part of a row: neither the grey picture nor the grey ramp of the test picture is. */
function colouredIn(row: readonly number[][]): number[] {
  return row.flatMap((rgb, x) => Math.max(...rgb) - Math.min(...rgb) > 60 ? [x] : []);
}

/** The places of lines in a row, 0 to 1 of its width; one line counts once. */
function linesIn(row: readonly number[][]): number[] {
  return colouredIn(row).filter((x, i, all) => x - (all[i - 1] ?? -9) > 3)
    .map((x) => Math.round(100 * x / row.length) / 100);
}

testWith(["chromium"], "the page draws what programs see, for those who want that", async (t) => {
  let says: object | undefined = { boxes: [BOX], for: 3, from: "a program" };
  await using server = await startFakeServer({
    answer: answerPing,
    onPicture(timestamp, send) {
      if (says) send({ type: "annotation", camera: "door", timestamp, ...says });
    },
  });
  await using browser = await launchBrowser();
  const viewer = await browser.open(server.url, DESKTOP);
  await viewer.untilState("live");
  const lines = async (y: number): Promise<number[]> => linesIn(await lookAtRow(viewer, y));
  const until = async (isSeen: boolean): Promise<void> => {
    await eventually(async () => (await lines(0.5)).length > 0 === isSeen, {
      what: isSeen ? "a box" : "no box",
    });
  };
  await t.step("a box where the program says", async () => {
    await eventually(async () => (await lines(0.5)).join() === "0.25,0.75");
    assertEquals([await lines(0.1), await lines(0.9)], [[], []]);
    assertEquals(server.queries[0]?.get("annotations"), "1");
  });
  await t.step("no longer than it lasts", async () => {
    says = undefined;
    await until(false);
  });
  await t.step("words, for a screen reader as well", async () => {
    says = { boxes: [{ ...BOX, label: "cat", score: 0.93 }], text: "one cat", for: 3 };
    await viewer.page.getByRole("img", { name: "one cat, cat" }).waitFor();
  });
  await t.step("nothing that makes no sense", async () => {
    says = { boxes: [{ ...BOX, x: "0" }, { ...BOX, width: 1e9 }, null], text: ["x"], for: 60 };
    await until(false);
  });
  await t.step("not when that is switched off", async () => {
    says = { boxes: [BOX], for: 3 };
    await until(true);
    await viewer.page.locator("#settings").click();
    await viewer.page.getByRole("switch", { name: "What programs see in the picture" }).click();
    await until(false);
    assertEquals(server.of("configure").at(-1)?.["annotations"], false);
  });
  assertEquals(viewer.complaints, []);
});

/** The row of a picture that goes through the middle of the square in the test picture, 0 to 1 of its height. */
const SQUARE_ROW = 5 / 6;
const SQUARE_HEIGHT = 1 / 8;

/** The white square in a row of pixels, as its first and last pixel. */
function findSquare(isWhite: (x: number) => boolean, width: number): [number, number] | undefined {
  for (let x = 0, from = 0; x <= width; x++) {
    if (x < width && isWhite(x)) continue;
    if (x - from > width / 30 && x < width) return [from, x - 1];
    from = x + 1;
  }
  return undefined;
}

/** A vision program: says where the square is in each picture. */
function annotateSquare(url: string): Disposable {
  const socket = new WebSocket(`${url}/?format=binary&ack=1`);
  socket.binaryType = "arraybuffer";
  socket.onmessage = async ({ data }) => {
    if (typeof data === "string") return;
    const jpeg = new Uint8Array(data as ArrayBuffer);
    const { timestamp, sequence } = JSON.parse(readComment(jpeg) ?? "{}");
    const { data: pixels, width, height } = await decodeJpeg(jpeg);
    const row = Math.floor(SQUARE_ROW * height) * width;
    const found = findSquare((x) => (pixels[4 * (row + x)] ?? 0) > 240, width);
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify({ type: "ack", sequence }));
    if (found === undefined) return;
    const box = { x: found[0] / width, width: (found[1] + 1 - found[0]) / width };
    const tall = { y: SQUARE_ROW - SQUARE_HEIGHT / 2, height: SQUARE_HEIGHT };
    const boxes = [{ ...box, ...tall, label: "square" }];
    socket.send(JSON.stringify({ type: "annotate", timestamp, boxes, for: 1 }));
  };
  return { [Symbol.dispose]: () => socket.close() };
}

/** examples/motion.py, which knows nothing of this picture: it finds what moves. */
function runMotion(url: string): AsyncDisposable {
  return startServerProcess({
    command: PYTHON,
    args: ["-u", `${PYTHON_PACKAGE}/examples/motion.py`, url],
    options: { env: { PYTHONPATH: `${PYTHON_PACKAGE}/src`, PYTHONDONTWRITEBYTECODE: "1" } },
  });
}

/** How far the box around the square is from where that is on the screen, in widths; nothing where that can't be seen. */
function offOf(row: readonly number[][]): number | undefined {
  const coloured = colouredIn(row);
  const [left, right] = [coloured[0], coloured.at(-1)];
  const isWhite = (x: number): boolean => Math.min(...row[x] ?? [0]) > 225;
  const square = findSquare(isWhite, row.length);
  // The lines hide the square's own edges, and near the ramp's white end it can't be told from that.
  if (left === undefined || right === undefined || square === undefined) return undefined;
  if (right > 0.9 * row.length) return undefined;
  return Math.abs((left + right) / 2 - (square[0] + square[1]) / 2) / row.length;
}

const PROGRAMS: readonly [
  name: string,
  need: TestNeed,
  start: (url: string) => Disposable | AsyncDisposable,
][] = [
  ["a program that knows the picture", "ffmpeg", annotateSquare],
  ["examples/motion.py", "python3-opencv", runMotion],
];

for (const [program, need, start] of PROGRAMS) {
  testWith(
    ["chromium", "ffmpeg", need],
    `a box of ${program} is on the picture that it belongs to`,
    async (t) => {
      await using server = await startWscam(["--camera", "test", "--fps", "5"]);
      await using _program = start(server.ws);
      await using browser = await launchBrowser();
      for (const format of ["jpeg", "h264"]) {
        await t.step(format, async () => {
          await using viewer = await browser.open(`${server.url}/?format=${format}`, SMALL);
          await viewer.untilState("live");
          await viewer.page.locator(format === "h264" ? "#video" : "#picture").waitFor();
          await untilOnSquare(viewer);
        });
      }
    },
  );
}

/**
 * A program needs some pictures to learn what doesn't move, and on a busy machine many boxes come so late that their
 * pictures did not wait. If boxes were drawn on another picture than theirs, all would be off but where the square turns.
 */
async function untilOnSquare(viewer: ViewerPage): Promise<void> {
  const off: number[] = [];
  await eventually(async () => {
    const each = offOf(await lookAtRow(viewer, SQUARE_ROW));
    if (each !== undefined) off.push(each);
    const on = off.slice(-24).filter((each) => each < 0.02);
    return on.length >= 8;
  }, { within: 120_000, what: "a box around the square, eight times of 24" })
    .catch((cause) => {
      const seen = off.map((each) => each.toFixed(3)).join();
      throw new Error(`the boxes were off by ${seen}`, { cause });
    });
}
