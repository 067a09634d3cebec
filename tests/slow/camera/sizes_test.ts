import { assert, assertEquals } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { draw, startOddCamera } from "../../testutil/camera/odd_camera.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

/** Pictures whose colour says which size is theirs. */
const KINDS = { red: "1280x720", lime: "640x480", blue: "480x640" } as const;
const ENCODERS = ["copy", "imagescript", "ffmpeg", "auto"];

/** The colour and the size of a picture. */
async function kindOf(jpeg: Uint8Array): Promise<[string, string]> {
  const { width = 0, height = 0 } = jpegSize(jpeg) ?? {};
  const djpeg = new Deno.Command("djpeg", {
    args: ["-ppm", "-scale", "1/8"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = djpeg.stdin.getWriter();
  await writer.write(jpeg);
  await writer.close();
  const pixel = (await djpeg.output()).stdout.slice(-3);
  const colour = (["red", "lime", "blue"] as const)[pixel.indexOf(Math.max(...pixel))];
  return [colour ?? "", `${width}x${height}`];
}

/** Watches until pictures of all these colours have come; each must have its own size. */
async function checkSizes(
  args: string[],
  env: Record<string, string>,
  colours: readonly (keyof typeof KINDS)[],
): Promise<void> {
  await using server = await startWscam(args, { env });
  await using viewer = await openViewer(server.ws);
  const seen = new Set<string>();
  let checked = 0;
  await eventually(async () => {
    const images = viewer.images();
    for (const { data } of images.slice(checked)) {
      const [colour, size] = await kindOf(decodeBase64(data));
      assertEquals(size, KINDS[colour as keyof typeof KINDS], server.output.stderr);
      seen.add(colour);
    }
    checked = images.length;
    return checked > 24 && colours.every((each) => seen.has(each));
  });
  assertEquals(viewer.errors(), []);
  assert(!/failed|ended/.test(server.output.stderr), server.output.stderr);
}

testWith(
  ["vcam", "ffmpeg", "jpegtran"],
  "serve() shows each picture of a camera in its own size, whoever encodes",
  async (t) => {
    const colours = Object.keys(KINDS) as (keyof typeof KINDS)[];
    const pictures = await Promise.all(colours.map(async (colour) => {
      return (await draw("MJPG", KINDS[colour], `color=${colour}`)).flatMap((jpeg) => [jpeg, jpeg]);
    }));
    await using camera = await startOddCamera({
      formats: [{ fourcc: "MJPG", sizes: ["1280x720 1/30"], pictures: pictures.flat() }],
    });
    for (const encoder of ENCODERS) {
      await t.step(encoder, async () => {
        const args = ["-c", camera.path, "-r", "1280x720", "--fps", "30", "--encoder", encoder];
        await checkSizes(args, camera.env, colours);
      });
    }
  },
);

testWith(
  ["ffmpeg", "jpegtran"],
  "serve() shows each picture of a file in its own size, whoever encodes",
  async (t) => {
    const dir = await Deno.makeTempDir({ prefix: "wscam-sizes-" });
    const colours = ["red", "lime"] as const;
    const parts = await Promise.all(colours.map(async (colour, i) => {
      const path = `${dir}/${colour}.ts`;
      const source = ["-f", "lavfi", "-t", "1", "-i", `color=${colour}:s=${KINDS[colour]}:r=30`];
      const pixels = ["yuv420p", "yuv422p"][i] ?? "";
      const coding = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", pixels];
      const { success } = await new Deno.Command("ffmpeg", {
        args: ["-v", "error", "-nostdin", ...source, ...coding, path],
      }).output();
      assert(success);
      return await Deno.readFile(path);
    }));
    await Deno.writeFile(`${dir}/mixed.ts`, Uint8Array.from(parts.flatMap((part) => [...part])));
    for (const encoder of ENCODERS.filter((each) => each !== "copy")) {
      await t.step(encoder, async () => {
        await checkSizes(
          ["-c", `${dir}/mixed.ts`, "--fps", "30", "--encoder", encoder],
          {},
          colours,
        );
      });
    }
    await Deno.remove(dir, { recursive: true });
  },
);
