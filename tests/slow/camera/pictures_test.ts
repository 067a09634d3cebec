import { assert, assertEquals, assertMatch } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { endOfPixels } from "../../../lib/jpeg/scan.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { draw, type OddCamera, startOddCamera } from "../../testutil/camera/odd_camera.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

const SIZE = "1280x720";
const EOI = [0xff, 0xd9];

type Change = (jpeg: Uint8Array, other: Uint8Array) => Uint8Array;

const join = (...parts: (Uint8Array | number[])[]) => Uint8Array.from(parts.flatMap((p) => [...p]));
const half = (jpeg: Uint8Array) => jpeg.subarray(0, jpeg.length * 2 / 3);

/** Pictures that every decoder takes, as careless cameras send them. */
const ODD_EDGES: Record<string, Change> = {
  "no EOI": (jpeg) => jpeg.subarray(0, -2),
  "no EOI, and zeros": (jpeg) => join(jpeg.subarray(0, -2), new Uint8Array(3000)),
  "no EOI, and the rest of an older picture": (jpeg, other) =>
    join(jpeg.subarray(0, -2), other.subarray(-2000, -2)),
  "no EOI, and the end of an older picture": (jpeg, other) =>
    join(jpeg.subarray(0, -2), other.subarray(-2000)),
  "two EOIs": (jpeg) => join(jpeg, EOI),
  "a byte before SOI": (jpeg) => join([0], jpeg),
  "a line end before SOI": (jpeg) => join([13, 10], jpeg),
  "a line end behind EOI": (jpeg) => join(jpeg, [13, 10]),
  "0xff behind EOI": (jpeg) => join(jpeg, new Uint8Array(512).fill(0xff)),
  "0xff before SOI": (jpeg) => join(new Uint8Array(5).fill(0xff), jpeg),
  "the rest of an older picture": (jpeg, other) => join(jpeg, other.subarray(-3000)),
  "a UVC header in front": (jpeg) => join([12, 0x8d, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0], jpeg),
  "two SOIs": (jpeg) => join([0xff, 0xd8], jpeg),
};

async function startOdd(change: Change): Promise<OddCamera> {
  const good = await draw("MJPG", SIZE);
  const pictures = good.map((jpeg, i) => change(jpeg, good[(i + 1) % good.length] ?? jpeg));
  return await startOddCamera({ formats: [{ fourcc: "MJPG", sizes: [`${SIZE} 1/30`], pictures }] });
}

async function serve(camera: OddCamera, ...args: string[]): Promise<Wscam> {
  const options = ["-c", camera.path, "-r", SIZE, "--fps", "30", ...args];
  return await startWscam(options, { env: camera.env });
}

interface CameraState {
  state: string;
  code: string | null;
  reason: string | null;
  encoder: string | null;
  broken: number;
}

async function stateOf(server: Wscam): Promise<CameraState> {
  const { cameras: [camera] } = await (await fetch(`${server.url}/state`)).json();
  return camera;
}

testWith(["vcam", "ffmpeg"], "serve() passes on JPEG with odd edges, mended", async (t) => {
  for (const [name, change] of Object.entries(ODD_EDGES)) {
    await t.step(name, async () => {
      await using camera = await startOdd(change);
      await using server = await serve(camera);
      await using viewer = await openViewer(server.ws);
      await eventually(() => viewer.images().length > 3);
      assertEquals(viewer.errors(), []);
      for (const { data } of viewer.images()) {
        const jpeg = decodeBase64(data);
        assertEquals([jpeg[0], jpeg[1], ...jpeg.subarray(-2)], [0xff, 0xd8, ...EOI]);
        assertEquals(endOfPixels(jpeg), jpeg.length - 2, "nothing is added or missing");
      }
      const { encoder, broken } = await stateOf(server);
      assertEquals([encoder, broken], ["copy", 0]);
    });
  }
});

/** Half pictures, as a USB bus that is too narrow makes them. */
const HALVES: Record<string, Change> = {
  "cut": (jpeg) => half(jpeg),
  "cut, and ended by the driver": (jpeg) => join(half(jpeg), EOI),
  "zeros in place of what is missing": (jpeg) =>
    jpeg.map((byte, i) => i < jpeg.length / 2 ? byte : 0),
  "zeros, and the old end": (jpeg) =>
    join(jpeg.map((byte, i) => i < jpeg.length / 2 ? byte : 0).subarray(0, -2), EOI),
  "other bytes in the middle": (jpeg) =>
    jpeg.map((byte, i) => i >= jpeg.length / 2 && i < jpeg.length / 2 + 600 ? 0x55 : byte),
  "a packet is missing in the middle": (jpeg) =>
    join(jpeg.subarray(0, jpeg.length / 2), jpeg.subarray(jpeg.length / 2 + 800)),
  "a packet that came twice": (jpeg) =>
    join(jpeg.subarray(0, jpeg.length / 2), jpeg.subarray(jpeg.length / 2 - 800)),
};

testWith(
  ["vcam", "ffmpeg"],
  "serve() drops half pictures and counts them, whoever encodes",
  async (t) => {
    for (const [name, change] of Object.entries(HALVES)) {
      for (const encoder of ["copy", "imagescript", "ffmpeg"]) {
        await t.step(`${name}: ${encoder}`, async () => {
          // One in four is whole.
          let count = 0;
          await using camera = await startOdd((jpeg, other) =>
            count++ === 1 ? jpeg : change(jpeg, other)
          );
          await using server = await serve(camera, "--encoder", encoder);
          await using viewer = await openViewer(server.ws);
          await eventually(() => viewer.images().length > 3);
          const state = await stateOf(server);
          assert(state.broken >= 6, `broken ${state.broken}`);
          // All whole pictures show the same, and so would no half one.
          const whole = new Set(viewer.images().map(({ data }) => data));
          assertEquals(whole.size, 1);
        });
      }
    }
  },
);

testWith(["vcam", "ffmpeg"], "serve() shows a whole picture behind half a one", async (t) => {
  for (const encoder of ["copy", "imagescript", "ffmpeg"]) {
    await t.step(encoder, async () => {
      await using camera = await startOdd((jpeg, other) => join(half(other), jpeg));
      await using server = await serve(camera, "--encoder", encoder);
      await using viewer = await openViewer(server.ws);
      await eventually(() => viewer.images().length > 3);
      assertEquals((await stateOf(server)).broken, 0);
    });
  }
});

testWith(
  ["vcam", "ffmpeg", "jpegtran"],
  "serve() lets ffmpeg encode what it can't mend, and says why",
  async () => {
    // In many scans, whose codes nobody reads here, and without an end.
    const good = await draw("MJPG", SIZE);
    const pictures = await Promise.all(good.map(async (jpeg) => {
      const jpegtran = new Deno.Command("jpegtran", {
        args: ["-progressive"],
        stdin: "piped",
        stdout: "piped",
      }).spawn();
      const writer = jpegtran.stdin.getWriter();
      await writer.write(jpeg);
      await writer.close();
      return (await jpegtran.output()).stdout.slice(0, -2);
    }));
    await using camera = await startOddCamera({
      formats: [{ fourcc: "MJPG", sizes: [`${SIZE} 1/30`], pictures }],
    });
    await using server = await serve(camera);
    await using viewer = await openViewer(server.ws);
    await eventually(() => viewer.images().length > 3);
    assertEquals(viewer.errors(), []);
    assertEquals((await stateOf(server)).encoder, "ffmpeg");
    assertMatch(server.output.stderr, /encoder ffmpeg, for pictures that aren't whole/);
  },
);
