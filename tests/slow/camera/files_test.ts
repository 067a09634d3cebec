import { assert, assertEquals, assertMatch } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { draw } from "../../testutil/camera/odd_camera.ts";
import { run } from "../../testutil/program/run.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

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

interface Watched {
  /** The pictures that came: `WIDTHxHEIGHT`. */
  sizes: string[];
  errors: string[];
}

/** Serves files, with their settings, as cameras `c0`, `c1`, and so on. */
function serve(...sources: string[]): Promise<Wscam> {
  const cameras = sources.flatMap((source, i) => ["-c", `c${i}=${source}`]);
  return startWscam([...cameras, "--linger", "0"]);
}

/** Watches a file until this many pictures have come, or an error. */
async function watch({ ws }: Wscam, i: number, pictures = 5): Promise<Watched> {
  await using viewer = await openViewer(`${ws}/?camera=c${i}`);
  await eventually(() => viewer.images().length >= pictures || viewer.errors().length > 0);
  const sizes = viewer.images().map(({ data }) => {
    const { width = 0, height = 0 } = jpegSize(decodeBase64(data)) ?? {};
    return `${width}x${height}`;
  });
  return { sizes, errors: viewer.errors().map(({ message }) => message) };
}

testWith(["ffmpeg"], "serve() plays a raw stream again without an outage", async () => {
  await using server = await serve(
    await film("raw.h264", { args: ["-c:v", "libx264", "-f", "h264"] }),
  );
  const { errors } = await watch(server, 0, 25);
  assertEquals(errors, []);
  assert(!server.output.stderr.includes("ended"), server.output.stderr);
});

testWith(["ffmpeg"], "serve() shows a still, whatever its format and its name", async (t) => {
  const [jpeg = new Uint8Array()] = await draw("MJPG", "320x240");
  const names = ["still.jpg", "still.JPEG", "pic%03d.jpg", "100%.jpg"];
  for (const name of names) await Deno.writeFile(`${DIR}/${name}`, jpeg);
  await film("still.png", { args: ["-frames:v", "1"] });
  const all = [...names, "still.png"];
  await using server = await serve(...all.map((name) => `${DIR}/${name}`));
  for (const [i, name] of all.entries()) {
    await t.step(name, async () => {
      const { sizes, errors } = await watch(server, i, 3);
      assertEquals([errors, sizes[0]], [[], "320x240"]);
    });
  }
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
    for (const file of Object.values(cases)) {
      await Promise.all(pictures.map((jpeg, i) => Deno.writeFile(`${DIR}/${file(i)}`, jpeg)));
    }
    const names = Object.keys(cases);
    await using server = await serve(...names.map((name) => `${DIR}/${name}`));
    for (const [i, name] of names.entries()) {
      await t.step(name, async () => {
        const { errors, sizes } = await watch(server, i, 9);
        assertEquals([errors, sizes[8]], [[], "320x240"]);
      });
    }
    const { stderr } = server.output;
    assert(!stderr.includes("does not exist"), stderr);
  },
);

testWith(["ffmpeg"], "serve() says that a file contains no video", async (t) => {
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
  const says: Record<string, RegExp> = {
    list: /is a playlist, not a video; one is followed where its own name/,
    "words.txt": /words.txt is not a video \(ffmpeg calls it tty\)/,
  };
  for (const [name, args] of Object.entries(songs)) {
    await ffmpeg([...args, `${DIR}/${name}`]);
    says[name] = /.* contains no video, at most sound and a cover/;
  }
  await Deno.writeTextFile(`${DIR}/list`, "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\na.ts\n");
  await Deno.writeTextFile(`${DIR}/words.txt`, "It rains.\n".repeat(99));
  await using server = await serve(...Object.keys(says).map((name) => `${DIR}/${name}`));
  for (const [i, [name, words]] of Object.entries(says).entries()) {
    await t.step(name, async () => {
      const { errors, sizes } = await watch(server, i);
      assertMatch(errors[0] ?? "", words);
      assertEquals(sizes, []);
    });
  }
});

/** Two encoders that make pictures. */
const ENCODERS = ["imagescript", "ffmpeg"];

testWith(["ffmpeg"], "serve() shows pixels that aren't square as wide as they are", async (t) => {
  const path = await film("wide.mp4", { args: ["-vf", "setsar=2", "-c:v", "libx264"] });
  await using server = await serve(...ENCODERS.map((encoder) => `${path}#encoder=${encoder}`));
  for (const [i, encoder] of ENCODERS.entries()) {
    await t.step(encoder, async () => {
      assertEquals((await watch(server, i)).sizes[0], "640x240");
    });
  }
});

testWith(["ffmpeg"], "serve() goes on when a file changes its size and format", async (t) => {
  const h264 = ["-c:v", "libx264"];
  const a = await film("a.ts", { args: h264 });
  const b = await film("b.ts", { size: "640x480", args: [...h264, "-pix_fmt", "yuv422p"] });
  const path = `${DIR}/mixed.ts`;
  const [first, second] = [await Deno.readFile(a), await Deno.readFile(b)];
  await Deno.writeFile(path, Uint8Array.from([...first, ...second]));
  await using server = await serve(...ENCODERS.map((encoder) => `${path}#encoder=${encoder}`));
  for (const [i, encoder] of ENCODERS.entries()) {
    // A round has 20 pictures.
    await t.step(encoder, async () => assertEquals((await watch(server, i, 25)).errors, []));
  }
  const { stderr } = server.output;
  assert(!/failed|ended/.test(stderr), stderr);
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
    const encoders = ["auto", "copy"];
    await using server = await serve(
      ...encoders.map((encoder) => `${path}#encoder=${encoder}#fps=30`),
    );
    for (const [i, encoder] of encoders.entries()) {
      await t.step(encoder, async () => {
        assertEquals((await watch(server, i, 1)).sizes[0], "720x1280", server.output.stderr);
      });
    }
  },
);
