import { assert, assertEquals } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { temporaryDirectory } from "../../testutil/files.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { startVcam } from "../../testutil/camera/vcam.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

async function control(
  server: Wscam,
  set: Record<string, unknown>,
  camera = "a",
): Promise<Record<string, unknown>> {
  await using viewer = await openViewer(`${server.ws}/?camera=${camera}`);
  viewer.command({ type: "control", id: 1, camera, set });
  const answer = await eventually(
    () =>
      viewer.messages.map((message) => message as unknown as Record<string, unknown>)
        .find(({ id }) => id === 1),
  );
  assertEquals(answer["type"], "controlled", JSON.stringify(answer));
  return answer["settings"] as Record<string, unknown>;
}

/** The settings in force, as remote control tells them. */
async function settings(server: Wscam, camera = "a"): Promise<Record<string, unknown>> {
  return await control(server, {}, camera);
}

Deno.test("serve() keeps what control has set over restarts, until the file says something new", async (t) => {
  await using folder = await temporaryDirectory();
  const [file, state] = [`${folder.path}/wscam.yaml`, `${folder.path}/deep/state.json`];
  const start = () => startWscam(["--config", file, "--state-file", state]);
  await Deno.writeTextFile(file, "resolution: 64x48\nfps: 10\ncameras: {a: test, b: test}\n");

  await t.step("what was set is in force after a restart", async () => {
    {
      await using server = await start();
      await control(server, { fps: 5, rotate: 90 });
      await control(server, { quality: 7 }, "b");
    }
    await using server = await start();
    const { fps, rotate, resolution } = await settings(server);
    assertEquals([fps, rotate, resolution], [5, 90, "64x48"]);
    assertEquals((await settings(server, "b"))["quality"], 7);
    if (Deno.build.os !== "windows") {
      assertEquals((await Deno.stat(state)).mode ?? 0 & 0o777, 0o600 | 0o100000);
    }
  });
  await t.step("a value that the file has now changed holds; the others stay", async () => {
    await Deno.writeTextFile(file, "resolution: 64x48\nfps: 20\ncameras: {a: test, b: test}\n");
    await using server = await start();
    const { fps, rotate } = await settings(server);
    assertEquals([fps, rotate], [20, 90]);
  });
  await t.step("also while it runs", async () => {
    await using server = await start();
    await control(server, { flip: "h" });
    await Deno.writeTextFile(
      file,
      "resolution: 64x48\nfps: 20\ncameras: {a: {source: test, rotate: 180}, b: test}\n",
    );
    await eventually(() => server.output.stderr.includes("1 changed"));
    const { rotate, flip } = await settings(server);
    assertEquals([rotate, flip], [180, "h"]);
  });
  await t.step("what is set back is forgotten", async () => {
    await using server = await start();
    await control(server, { flip: null });
    await control(server, { quality: null }, "b");
    // It is written a moment after the answer.
    await eventually(async () => {
      const { cameras } = JSON.parse(await Deno.readTextFile(state));
      return Object.keys(cameras).length === 0;
    });
  });
});

Deno.test("serve() sets a broken state aside, and says so", async (t) => {
  await using folder = await temporaryDirectory();
  const state = `${folder.path}/state.json`;
  await t.step("one that is cut off", async () => {
    await Deno.writeTextFile(state, "{");
    await using server = await startWscam(["--camera", "a=test", "--state-file", state]);
    await eventually(() => server.output.stderr.includes(`renamed to ${state}.broken`));
    assertEquals(await Deno.readTextFile(`${state}.broken`), "{");
    await control(server, { fps: 7 });
  });
  await t.step("values that no camera can have change nothing", async () => {
    const capture = { fps: { value: 5000, asked: 10 }, flip: { value: "x", asked: null } };
    await Deno.writeTextFile(
      state,
      JSON.stringify({ version: 1, cameras: { a: { capture, own: {} } } }),
    );
    await using server = await startWscam(["--camera", "a=test", "--state-file", state]);
    assertEquals((await settings(server))["fps"], 10);
  });
});

Deno.test({
  name: "serve() leaves a whole state behind, whenever it is killed",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = await temporaryDirectory();
    const state = `${folder.path}/state.json`;
    for (let round = 0; round < 5; round++) {
      const server = await startWscam(["--camera", "a=test", "--state-file", state]);
      assert(!server.output.stderr.includes("can't be read"), server.output.stderr);
      const socket = new WebSocket(server.ws);
      socket.onerror = (event) => event.preventDefault();
      await new Promise((resolve) => socket.onopen = resolve);
      for (let fps = 1; fps <= 10; fps++) {
        socket.send(JSON.stringify({ type: "control", camera: "a", set: { fps } }));
        await new Promise((resolve) => setTimeout(resolve, 7 * round + fps));
      }
      await server.end("SIGKILL");
      const text = await Deno.readTextFile(state).catch(() => undefined);
      if (text !== undefined) assertEquals(JSON.parse(text).version, 1);
    }
  },
});

testWith(
  ["vcam", "ffmpeg", "v4l2-ctl"],
  "serve() sets the camera's own controls again, after a restart and when it was unplugged",
  async () => {
    await using vcam = await startVcam({ fps: 10 });
    await using folder = await temporaryDirectory();
    const state = `${folder.path}/state.json`;
    const args = ["--camera", `a=${vcam.path}`, "--state-file", state];
    const brightness = async (): Promise<number> => {
      const list = { args: ["-d", vcam.path, "-C", "brightness"], env: vcam.env };
      const { stdout } = await new Deno.Command("v4l2-ctl", list).output();
      return Number(new TextDecoder().decode(stdout).match(/brightness: (\d+)/)?.[1]);
    };
    const forget = async (): Promise<void> => {
      const set = { args: ["-d", vcam.path, "-c", "brightness=128"], env: vcam.env };
      await new Deno.Command("v4l2-ctl", set).output();
      assertEquals(await brightness(), 128);
    };
    {
      await using server = await startWscam(args, { env: vcam.env });
      assertEquals((await control(server, { brightness: 201 }))["brightness"], 201);
    }
    await forget();
    await using server = await startWscam(args, { env: vcam.env });
    await using viewer = await openViewer(server.ws);
    await eventually(async () => await brightness() === 201);
    await vcam.fault("unplugged");
    await eventually(() => viewer.errors().length > 0);
    await vcam.fault("none");
    await forget();
    await eventually(async () => await brightness() === 201);
  },
);
