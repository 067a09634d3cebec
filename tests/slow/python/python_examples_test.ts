import { assert, assertEquals, assertLess } from "@std/assert";
import { fileURLToPath } from "node:url";
import { decodeBase64 } from "@std/encoding/base64";
import { PYTHON } from "../../../scripts/needs/python.ts";
import { startServerProcess } from "../../../scripts/release/server_process.ts";
import { decodeJpeg } from "../../jpeg/jpegs.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const FOLDER = fileURLToPath(new URL("../../../clients/python/", import.meta.url));

function runExample(name: string, ...args: string[]) {
  return startServerProcess({
    command: PYTHON,
    args: ["-u", `${FOLDER}examples/${name}`, ...args],
    options: { env: { PYTHONPATH: `${FOLDER}src`, PYTHONDONTWRITEBYTECODE: "1" } },
  });
}

interface Annotation {
  type: string;
  timestamp: number;
  boxes: { x: number; y: number; width: number; height: number }[];
}

/**
 * The centre of the test picture's square, 0 to 1 of the width
 * (lib/camera/test_picture/test_picture.ts).
 */
function squareAt(timestamp: number, { width, height }: { width: number; height: number }): number {
  const side = Math.floor(height / 8);
  const phase = timestamp / 4 % 2;
  return ((width - side) * (phase < 1 ? phase : 2 - phase) + side / 2) / width;
}

testWith(
  ["python3-opencv"],
  "examples/motion.py finds the square of the test picture",
  async () => {
    const lines = (await Deno.readTextFile(`${FOLDER}examples/motion.py`)).trim().split("\n");
    assertLess(lines.length, 41);
    await using server = await startWscam(["--camera", "test", "--fps", "20"]);
    await using viewer = await openViewer(`${server.ws}?annotations=1&fps=1`);
    await using example = runExample("motion.py", server.ws);
    const annotations = (): Annotation[] =>
      (viewer.messages as unknown as Annotation[]).filter(({ type }) => type === "annotation");
    /**
     * The distance of the box from the square, in widths; `undefined` where the square turns back.
     */
    const errorOf = ({ timestamp, boxes }: Annotation): number | undefined => {
      const at = squareAt(timestamp, { width: 640, height: 480 });
      if (at < 0.1 || at > 0.9) return undefined;
      const low = boxes.filter(({ y, height }) => y + height / 2 > 0.7);
      return Math.min(1, ...low.map(({ x, width }) => Math.abs(x + width / 2 - at)));
    };
    // It takes some pictures to know what doesn't move; from then on the boxes are right, but for single ones
    // on a machine that takes few of the pictures.
    let errors: number[] = [];
    await eventually(() => {
      errors = annotations().slice(-30).flatMap((each) => errorOf(each) ?? []);
      return errors.length >= 15 &&
        errors.filter((error) => error < 0.02).length >= 0.8 * errors.length;
    }, {
      what: () => `boxes around the square, off by ${errors} (${example.output.stderr})`,
      within: 120_000,
    });
    assertEquals(example.output.stderr, "");
    await example.end("SIGKILL");
  },
);

testWith(
  ["python3-opencv"],
  "examples/edges.py shows the test picture's edges as a camera",
  async () => {
    const cameras = ["--camera", "test", "--camera", "edges=push", "--resolution", "320x240"];
    await using server = await startWscam([...cameras, "--fps", "20"]);
    await using viewer = await openViewer(`${server.ws}?camera=edges`);
    await using example = runExample("edges.py", server.ws, "test", "edges");
    await eventually(() => viewer.images().length > 5);
    const { data = "", timestamp = 0 } = viewer.images().at(-1) ?? {};
    const { data: pixels, width, height } = await decodeJpeg(decodeBase64(data));
    assertEquals([width, height], [320, 240]);
    const bright = pixels.filter((value, at) => at % 4 === 0 && value > 128).length;
    // Lines, and nothing else.
    assert(bright > 300 && bright < width * height / 5, `${bright}`);
    assertLess(Math.abs(Date.now() / 1000 - timestamp), 60);
    assertEquals(example.output.stderr, "");
    await example.end("SIGKILL");
  },
);
