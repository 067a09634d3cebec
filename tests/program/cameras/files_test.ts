import { assert, assertEquals, assertMatch } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { draw } from "../../testutil/camera/odd_camera.ts";
import { run } from "../../testutil/program/run.ts";
import { together } from "../../testutil/together.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const DIR = await Deno.makeTempDir({ prefix: "wscam-files-" });
globalThis.addEventListener("unload", () => Deno.removeSync(DIR, { recursive: true }));

/** Makes a file of the test picture of ffmpeg, a second long. */
async function film(
  name: string,
  { size = "320x240", fps = "10", args = [] as string[] } = {},
): Promise<string> {
  const path = `${DIR}/${name}`;
  const source = ["-f", "lavfi", "-t", "1", "-i", `testsrc2=s=${size}:r=${fps}`];
  await ffmpeg([...source, ...args, `file:${path}`]);
  return path;
}

async function ffmpeg(args: string[]): Promise<void> {
  const { code, stderr } = await run("ffmpeg", ["-v", "error", "-nostdin", "-y", ...args]);
  assertEquals(code, 0, stderr);
}

interface Served {
  /** The pictures that came: `WIDTHxHEIGHT`. */
  sizes: string[];
  errors: string[];
  log: string;
}

/** Serves a file until a viewer has that many pictures, or an error. */
async function serve(
  path: string,
  { pictures = 5, args = [] as string[] } = {},
): Promise<Served> {
  await using server = await startWscam(["-c", path, ...args]);
  await using viewer = await openViewer(server.ws);
  const isDone = () => viewer.images().length >= pictures || viewer.errors().length > 0;
  await eventually(isDone, { within: 40_000 });
  const sizes = viewer.images().map(({ data }) => {
    const { width = 0, height = 0 } = jpegSize(decodeBase64(data)) ?? {};
    return `${width}x${height}`;
  });
  const errors = viewer.errors().map(({ message }) => message);
  return { sizes, errors, log: server.output.stderr };
}

testWith(["ffmpeg"], "serve() plays a raw stream again without an outage", async () => {
  const path = await film("raw.h264", { args: ["-c:v", "libx264", "-f", "h264"] });
  const { errors, log } = await serve(path, { pictures: 25 });
  assertEquals(errors, []);
  assert(!log.includes("ended"), log);
});

testWith(["ffmpeg"], "serve() shows a still, whatever its format and its name", async (t) => {
  const [jpeg = new Uint8Array()] = await draw("MJPG", "320x240");
  const show = async (path: string): Promise<void> => {
    const { sizes, errors } = await serve(path, { pictures: 3 });
    assertEquals([errors, sizes[0]], [[], "320x240"]);
  };
  const names = ["still.jpg", "still.JPEG", "pic%03d.jpg", "100%.jpg"];
  const stills = names.map((name) => [name, async () => {
    await Deno.writeFile(`${DIR}/${name}`, jpeg);
    await show(`${DIR}/${name}`);
  }]);
  await together(t, {
    ...Object.fromEntries(stills),
    png: async () => await show(await film("still.png", { args: ["-frames:v", "1"] })),
  });
});

testWith(
  ["ffmpeg"],
  "serve() shows pictures that are numbered, from whatever number on",
  async (t) => {
    const pictures = await draw("MJPG", "320x240");
    const cases: Record<string, (i: number) => string> = {
      "n%03d.jpg": (i) => `n00${i + 1}.jpg`,
      "cam (1) %05d.jpg": (i) => `cam (1) 0${i + 4120}.jpg`,
      "100%%-%d.jpg": (i) => `100%-${i + 98}.jpg`,
    };
    for (const [name, file] of Object.entries(cases)) {
      await t.step(name, async () => {
        await Promise.all(pictures.map((jpeg, i) => Deno.writeFile(`${DIR}/${file(i)}`, jpeg)));
        const { errors, sizes, log } = await serve(`${DIR}/${name}`, { pictures: 9 });
        assertEquals([errors, sizes[8]], [[], "320x240"]);
        assert(!log.includes("does not exist"), log);
      });
    }
  },
);

testWith(["ffmpeg"], "serve() says what a file is that holds no video", async (t) => {
  const sound = ["-f", "lavfi", "-t", "1", "-i", "sine"];
  const cover = [...sound, "-i", await film("cover.png", { args: ["-frames:v", "1"] })];
  const both = ["-map", "0", "-map", "1", "-c:v", "mjpeg", "-disposition:v", "attached_pic"];
  const songs: Record<string, string[]> = {
    "song.m4a": [...cover, ...both, "-c:a", "aac"],
    "song.mp3": [...cover, ...both, "-c:a", "mp3"],
    "song.flac": [...cover, ...both, "-c:a", "flac"],
    "sound.ogg": sound,
    "sound.wav": sound,
    "sound.eac3": sound,
    "sound.wv": sound,
  };
  const show = async (name: string, says: RegExp): Promise<void> => {
    const { errors, sizes } = await serve(`${DIR}/${name}`);
    assertMatch(errors[0] ?? "", says);
    assertEquals(sizes, []);
  };
  const steps: Record<string, () => Promise<void>> = {};
  for (const [name, args] of Object.entries(songs)) {
    await ffmpeg([...args, `${DIR}/${name}`]);
    steps[name] = () => show(name, /there is no video in .*, at most sound and a cover/);
  }
  await Deno.writeTextFile(`${DIR}/list`, "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\na.ts\n");
  await Deno.writeTextFile(`${DIR}/words.txt`, "It rains.\n".repeat(99));
  steps["a list"] = () =>
    show("list", /is no video but a list; one is followed where its own name/);
  steps["a text"] = () => show("words.txt", /words.txt is no video \(ffmpeg calls it tty\)/);
  await together(t, steps);
});

testWith(["ffmpeg"], "serve() shows pixels that aren't square as wide as they are", async (t) => {
  const path = await film("wide.mp4", { args: ["-vf", "setsar=2", "-c:v", "libx264"] });
  const show = async (encoder: string): Promise<void> => {
    const { sizes } = await serve(path, { args: ["--encoder", encoder] });
    assertEquals(sizes[0], "640x240");
  };
  await together(t, {
    imagescript: () => show("imagescript"),
    ffmpeg: () => show("ffmpeg"),
  });
});

testWith(["ffmpeg"], "serve() goes on when a file changes its size and format", async (t) => {
  const h264 = ["-c:v", "libx264"];
  const a = await film("a.ts", { args: h264 });
  const b = await film("b.ts", { size: "640x480", args: [...h264, "-pix_fmt", "yuv422p"] });
  const path = `${DIR}/mixed.ts`;
  const [first, second] = [await Deno.readFile(a), await Deno.readFile(b)];
  await Deno.writeFile(path, Uint8Array.from([...first, ...second]));
  // A round has 20 pictures.
  const show = async (encoder: string): Promise<void> => {
    const { errors, log } = await serve(path, { pictures: 25, args: ["--encoder", encoder] });
    assertEquals(errors, []);
    assert(!/failed|ended/.test(log), log);
  };
  await together(t, {
    imagescript: () => show("imagescript"),
    ffmpeg: () => show("ffmpeg"),
  });
});

testWith(
  ["ffmpeg"],
  "serve() turns what a file says is to be turned, also with copy",
  async (t) => {
    const flat = await film("flat.mov", { size: "1280x720", fps: "30", args: ["-c:v", "mjpeg"] });
    const path = `${DIR}/turned.mov`;
    // How that is written depends on the version.
    await ffmpeg(["-display_rotation", "90", "-i", flat, "-c", "copy", path]).catch(() =>
      ffmpeg(["-i", flat, "-c", "copy", "-metadata:s:v:0", "rotate=90", path])
    );
    for (const encoder of ["auto", "copy"]) {
      await t.step(encoder, async () => {
        const { sizes, log } = await serve(path, { args: ["--encoder", encoder, "--fps", "30"] });
        assertEquals(sizes[0], "720x1280", log);
      });
    }
  },
);
