import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startServerProcess } from "../../scripts/release/server_process.ts";
import { concat } from "../ffmpeg/output/bordered_stream.ts";
import { mpjpegOf, part } from "../jpeg/jpegs.ts";
import { eventually } from "../testutil/eventually.ts";
import { openViewer } from "../testutil/client/messages.ts";
import { freePort } from "../testutil/relay/nats.ts";
import { isPicture, openPusher, somePicture } from "../testutil/client/push.ts";
import { run } from "../testutil/program/run.ts";
import { startWscam, wscamArgs } from "../testutil/program/wscam.ts";

const CAMERA = ["--camera", "ai=push", "--linger", "0.5"];

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "wscam-push-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("push shows the pictures of files in their order, and ends", async () => {
  await using server = await startWscam(CAMERA);
  await using viewer = await openViewer(server.ws);
  await using before = await openPusher(server.ws);
  const [first, one, two, three] = await Promise.all([0, 1, 2, 3].map(somePicture));
  assert(first && one && two && three);
  before.keepPushing(first);
  await eventually(() => viewer.images().length > 0);
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/one.jpg`, one);
    await Deno.writeFile(`${folder}/film.mjpeg`, mpjpegOf([part(two), part(three)]));
    const args = ["push", `${folder}/one.jpg`, `${folder}/film.mjpeg`, "-c", "ai", "--replace"];
    const { code, stderr } = await run(Deno.execPath(), wscamArgs(...args, "--to", server.ws));
    assertEquals(code, 0, stderr);
    assertMatch(stderr, /Connected to ws:\/\//);
  });
  const all = [first, one, two, three];
  const seen = (): number[] =>
    viewer.images().map(({ data }) => all.findIndex((each) => isPicture(data, each)));
  // One may be missed while the viewer is busy; none comes late.
  await eventually(() => seen().some((each) => each > 0));
  assertEquals(seen(), seen().toSorted());
});

Deno.test("push shows the newest of what stdin brings, until that ends", async () => {
  await using server = await startWscam(CAMERA);
  await using viewer = await openViewer(server.ws);
  const child = new Deno.Command(Deno.execPath(), {
    args: wscamArgs("push", "-", "-c", "ai", "--to", server.ws),
    stdin: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  const jpeg = await somePicture();
  await eventually(async () => {
    // In pieces, with something in between.
    await writer.write(jpeg.slice(0, 100));
    await writer.write(concat([jpeg.slice(100), new Uint8Array(3)]));
    return viewer.images().length >= 5;
  });
  await writer.close();
  assertEquals((await child.status).code, 0);
});

Deno.test("push --loop goes on until it is told to end, also when the server comes back", async () => {
  const port = freePort();
  const first = await startWscam(CAMERA, { port });
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/one.jpg`, await somePicture());
    const args = ["push", `${folder}/one.jpg`, "--loop", "--to", first.ws];
    await using pushing = startServerProcess({
      command: Deno.execPath(),
      args: wscamArgs(...args),
      options: { env: { NO_COLOR: "1" } },
    });
    await eventually(() => pushing.output.stderr.includes("Connected to"));
    await first[Symbol.asyncDispose]();
    await eventually(() => pushing.output.stderr.includes("trying again"));
    await using second = await startWscam(CAMERA, { port });
    await using viewer = await openViewer(second.ws);
    await eventually(() => viewer.images().length > 3);
    assertEquals((await pushing.end("SIGINT")).code, 0);
  });
});

Deno.test("push says why it can't", async (t) => {
  await using server = await startWscam(CAMERA);
  const fails = async (args: string[], words: string, status = 1): Promise<void> => {
    const { code, stderr } = await run(
      Deno.execPath(),
      wscamArgs("push", ...args, "--to", server.ws),
    );
    assertEquals(code, status, stderr);
    assertStringIncludes(stderr, words);
  };
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/one.jpg`, await somePicture());
    await Deno.writeTextFile(`${folder}/text`, "no picture");
    await t.step("no such file", () => fails([`${folder}/none`], "there is no such file"));
    await t.step("no picture", () => fails([`${folder}/text`], "there is no JPEG picture in"));
    await t.step("no such camera", () => fails([`${folder}/one.jpg`, "-c", "attic"], "'attic'"));
    await t.step("a folder", () => fails([folder], "it is a folder"));
    await t.step("nothing to push", () => fails([], "FILE is needed", 2));
    await t.step("another program", async () => {
      await using other = await openPusher(server.ws);
      other.keepPushing(await somePicture());
      await fails([`${folder}/one.jpg`, "--loop"], "replace=1 to take its place");
      const args = [`${folder}/one.jpg`, "--replace", "--to", server.ws];
      assertEquals((await run(Deno.execPath(), wscamArgs("push", ...args))).code, 0);
    });
  });
});
