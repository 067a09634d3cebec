import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { readComment } from "../../../lib/jpeg/comment.ts";
import { eventually } from "../../testutil/eventually.ts";
import { temporaryDirectory } from "../../testutil/files.ts";
import { openViewer, type TestViewer } from "../../testutil/client/messages.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

/** Windows has no such signals, and replaces an open file in another way. */
const ignore = Deno.build.os === "windows";

interface Served extends AsyncDisposable {
  server: Wscam;
  file: string;
  folder: string;
}

/** A server with a file. */
async function serveFile(text: string, ...args: string[]): Promise<Served> {
  const folder = await temporaryDirectory();
  const file = `${folder.path}/wscam.yaml`;
  await Deno.writeTextFile(file, text);
  const server = await startWscam(["--config", file, ...args]);
  return {
    server,
    file,
    folder: folder.path,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function names({ url }: Wscam): Promise<string[]> {
  const cameras: { name: string }[] = await (await fetch(`${url}/cameras`)).json();
  return cameras.map(({ name }) => name);
}

async function untilCameras(server: Wscam, ...expected: string[]): Promise<void> {
  await eventually(async () => (await names(server)).join() === expected.join());
}

function sequences({ files }: TestViewer): number[] {
  return files.map((file) => JSON.parse(readComment(file) ?? "{}").sequence);
}

/** The number of times that a configuration was taken up, or refused. */
function takenUp({ output }: Wscam): number {
  return output.stderr.split("The configuration was reloaded").length - 1;
}

Deno.test({
  name: "serve() takes a changed file up, however it was saved, and leaves other cameras alone",
  ignore,
  async fn(t) {
    await using served = await serveFile(
      "fps: 20\nresolution: 64x48\ncameras: {a: test, b: test}\n",
    );
    const { server, file, folder } = served;
    await using viewer = await openViewer(`${server.ws}/?camera=a&format=binary`);
    await eventually(() => viewer.files.length > 2);
    const head = "fps: 20\nresolution: 64x48\ncameras: {a: test, ";

    await t.step("in place, as nano does", async () => {
      await Deno.writeTextFile(file, `${head}c: test}\n`);
      await untilCameras(server, "a", "c");
    });
    await t.step("by rename, as vim, sed -i and mv do", async () => {
      await Deno.writeTextFile(`${file}~`, `${head}d: test}\n`);
      await Deno.rename(`${file}~`, file);
      await untilCameras(server, "a", "d");
    });
    await t.step("gone, and back", async () => {
      await Deno.remove(file);
      await eventually(() => server.output.stderr.includes("there is no such file"));
      assertEquals(await names(server), ["a", "d"]);
      await Deno.writeTextFile(file, `${head}e: test}\n`);
      await untilCameras(server, "a", "e");
    });
    await t.step("as a link that leads to another file", async () => {
      await Deno.mkdir(`${folder}/1`);
      await Deno.mkdir(`${folder}/2`);
      await Deno.writeTextFile(`${folder}/1/x.yaml`, `${head}f: test}\n`);
      await Deno.writeTextFile(`${folder}/2/x.yaml`, `${head}g: test}\n`);
      await Deno.symlink("1", `${folder}/data`);
      await Deno.remove(file);
      await Deno.symlink("data/x.yaml", file);
      await untilCameras(server, "a", "f");
      await Deno.symlink("2", `${folder}/next`);
      await Deno.rename(`${folder}/next`, `${folder}/data`);
      await untilCameras(server, "a", "g");
    });
    await t.step("a mistake changes nothing, and is said once", async () => {
      const before = takenUp(server);
      await Deno.writeTextFile(file, "fsp: 5\ncameras: {z: test}\n");
      await eventually(() => server.output.stderr.includes("'fsp' is not a key here"));
      assertEquals(await names(server), ["a", "g"]);
      assertEquals(takenUp(server), before);
      assertEquals(server.output.stderr.split("'fsp' is not a key here").length, 2);
    });
    await t.step("the viewer of the camera that never changed saw every frame", async () => {
      const count = viewer.files.length;
      await eventually(() => viewer.files.length > count + 5);
      const numbers = sequences(viewer);
      assert(numbers.every(Number.isInteger), String(numbers));
      assertEquals(numbers.toSorted((a, b) => a - b), numbers, "no camera was reopened");
      assertEquals(viewer.errors(), []);
      const { cameras } = await (await fetch(`${server.url}/state`)).json();
      assertEquals(cameras[0].restarts, 0);
    });
  },
});

Deno.test({
  name: "serve() loses no picture of a camera that stays, however often its file is taken up",
  ignore,
  async fn() {
    const text = (last: string): string =>
      `fps: 10\nresolution: 64x48\ncameras: {stays: test, ${last}: test}\n`;
    await using served = await serveFile(text("first"));
    const { server, file } = served;
    await using viewer = await openViewer(`${server.ws}/?format=binary`);
    await eventually(() => viewer.files.length > 2);
    for (let i = 1; i <= 8; i++) {
      await Deno.writeTextFile(file, text(`camera${i}`));
      Deno.kill(server.pid, "SIGHUP");
      await untilCameras(server, "stays", `camera${i}`);
    }
    const numbers = sequences(viewer);
    const { cameras: [camera], viewers: [{ dropped }] } = await (await fetch(`${server.url}/state`))
      .json();
    const gaps = numbers.slice(1).map((number, i) => number - (numbers[i] ?? 0) - 1);
    assert(gaps.every((gap) => gap >= 0), `opened anew: ${numbers}`);
    const missed = gaps.reduce((sum, gap) => sum + gap, 0);
    // A busy machine drops pictures, which is counted; no other picture may be lost.
    assertLessOrEqual(missed, dropped + camera.skipped, `gaps: ${gaps}`);
  },
});

Deno.test("serve() keeps the viewers of a camera that is changed, and tells those of one that is gone once", async () => {
  await using served = await serveFile("resolution: 64x48\nfps: 20\ncameras: {a: test, b: test}\n");
  const { server, file } = served;
  await using changed = await openViewer(`${server.ws}/?camera=a`);
  await using gone = await openViewer(`${server.ws}/?camera=b`);
  await eventually(() => changed.images().length > 0 && gone.images().length > 0);
  await Deno.writeTextFile(
    file,
    "resolution: 64x48\nfps: 20\ncameras: {a: {source: test, rotate: 90, fps: 15}, front: test}\n",
  );
  await untilCameras(server, "a", "front");
  await eventually(async () => {
    const [camera] = await (await fetch(`${server.url}/cameras`)).json();
    return camera.resolution === "48x64";
  });
  const count = changed.images().length;
  await eventually(() => changed.images().length > count + 3);
  assertEquals(changed.errors(), []);
  await eventually(() => gone.errors().length > 0);
  assertEquals(gone.errors().map(({ message }) => message), ["Camera b isn't there any more"]);
  // It comes back under that name.
  await Deno.writeTextFile(file, "resolution: 64x48\nfps: 20\ncameras: {a: test, b: test}\n");
  await untilCameras(server, "a", "b");
  const seen = gone.images().length;
  await eventually(() => gone.images().length > seen);
});

Deno.test("serve() takes token, origins, limits and the log's level up at once, and says what waits", async () => {
  await using served = await serveFile("cameras: {a: test}\n");
  const { server, file } = served;
  const status = async (headers: Record<string, string> = {}): Promise<number> => {
    const answer = await fetch(`${server.url}/cameras`, { headers });
    await answer.body?.cancel();
    return answer.status;
  };
  const origin = { Origin: "https://dash.example" };
  await using viewer = await openViewer(server.ws);
  await using second = await openViewer(server.ws);
  assertEquals([await status(), await status(origin)], [200, 403]);
  await Deno.writeTextFile(
    file,
    "allow-origin: https://dash.example\nmax-clients: 2\nlog-format: json\nlog-level: debug\ncameras: {a: test}\n",
  );
  await eventually(async () => await status(origin) === 200);
  await eventually(
    () => server.output.stderr.includes("'log-format' takes effect when wscam is"),
  );
  const refused = await fetch(`${server.url}/stream`);
  await refused.body?.cancel();
  assertEquals(refused.status, 503);
  await eventually(async () => {
    assertEquals(await status({ Origin: "https://other.example" }), 403);
    return / debug Refused a request/.test(server.output.stderr);
  });
  assertEquals(viewer.socket.readyState, WebSocket.OPEN);

  await Deno.writeTextFile(file, "token: open sesame open sesame\ncameras: {a: test}\n");
  assertEquals(await viewer.closed, { code: 1008, reason: "The token has changed" });
  await second.closed;
  const bearer = { Authorization: "Bearer open sesame open sesame" };
  assertEquals([await status(), await status(bearer)], [401, 200]);
});

Deno.test({
  name: "serve() takes the file up at SIGHUP, and the last one of many that come at once",
  ignore,
  async fn() {
    await using served = await serveFile("cameras: {a: test}\n");
    const { server, file } = served;
    for (let round = 0; round < 20; round++) {
      await Deno.writeTextFile(file, `cameras: {a: test, b${round}: test}\n`);
      Deno.kill(server.pid, "SIGHUP");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await untilCameras(server, "a", "b19");
    assert(takenUp(server) >= 1);
    const before = takenUp(server);
    Deno.kill(server.pid, "SIGHUP");
    await eventually(() => takenUp(server) > before);
    assertEquals(await names(server), ["a", "b19"]);
  },
});

Deno.test("serve() takes another token up from the file of --token-file", async () => {
  await using folder = await temporaryDirectory();
  const file = `${folder.path}/token`;
  await Deno.writeTextFile(file, "the first of two tokens\n");
  await using server = await startWscam(["--camera", "test", "--token-file", file]);
  const status = async (token: string): Promise<number> => {
    const headers = { Authorization: `Bearer ${token}` };
    const answer = await fetch(`${server.url}/cameras`, { headers });
    await answer.body?.cancel();
    return answer.status;
  };
  assertEquals(await status("the first of two tokens"), 200);
  await Deno.writeTextFile(file, "");
  await eventually(() => server.output.stderr.includes("must not be empty"));
  assertEquals(await status("the first of two tokens"), 200, "nobody is let in by mistake");
  assertEquals(
    (await fetch(`${server.url}/cameras`).then((it) => (it.body?.cancel(), it))).status,
    401,
  );
  await Deno.writeTextFile(file, "the second of two tokens\n");
  await eventually(async () => await status("the second of two tokens") === 200);
  assertEquals(await status("the first of two tokens"), 401);
  const told = /reloaded: the same cameras; a new token$/m;
  await eventually(() => told.test(server.output.stderr));
});
