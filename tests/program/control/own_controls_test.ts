import { assertEquals, assertMatch } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { type OddCamera, startOddCamera } from "../../testutil/camera/odd_camera.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

type Viewer = Awaited<ReturnType<typeof openViewer>>;

/** A camera with a control of each kind, of which one is refused with EIO, and some have names in other scripts. */
async function startCamera(): Promise<OddCamera> {
  return await startOddCamera({
    formats: [{ fourcc: "MJPG", sizes: ["640x480 1/30"] }],
    lines: [
      "ctl 00980900 1 0 0 0 255 1 128 128 Brightness",
      "ctl 00980901 1 0 5 0 255 1 128 128 Contrast",
      "ctl 00980902 1 0 0 0 255 1 128 128 饱和度",
      "ctl 00980903 1 0 0 0 255 1 128 128 Резкость",
      "ctl 00980906 1 0 5 0 255 1 128 128 7 色调",
      "ctl 00980904 1 0 0 0 255 1 128 128 Gain",
      "ctl 00980905 1 0 0 0 255 1 128 128 Gain",
      "ctl 009a0901 5 0 0 0 1099511627776 1 5 5 Big Number",
      "ctl 009a0902 8 0 0 0 15 0 3 3 Mask",
      "ctl 009a0903 4 240 0 0 0 0 0 0 Do White Balance",
      "ctl 009a0904 7 100 0 0 32 1 0 0 Title",
    ],
  });
}

/** Asks for a control command's answer. */
async function ask(viewer: Viewer, set?: Record<string, unknown>) {
  const id = viewer.messages.length + 1000;
  const answers = () => viewer.messages.filter((each) => "id" in each && each.id === id);
  viewer.command({ type: "control", id, ...(set ? { set } : {}) });
  await eventually(() => answers().length > 0);
  return JSON.parse(JSON.stringify(answers()[0]));
}

async function watch(server: Wscam): Promise<Viewer> {
  const viewer = await openViewer(server.ws);
  await eventually(() => viewer.images().length > 0);
  return viewer;
}

const WANTED = {
  brightness: 200,
  "gain_00980905": 7,
  "control_00980903": 9,
  "big_number": 1e12,
  mask: 5,
  title: "front door = open",
};

testWith(
  ["vcam", "ffmpeg", "v4l2-ctl"],
  "a camera's own controls of every kind are set, and refused by name",
  async (t) => {
    await using camera = await startCamera();
    await using server = await startWscam(["-c", camera.path], { env: camera.env });
    await using viewer = await watch(server);
    await t.step("set", async () => {
      const { settings } = await ask(viewer, { ...WANTED, do_white_balance: true });
      const names = Object.keys(WANTED);
      assertEquals(Object.fromEntries(names.map((name) => [name, settings[name]])), WANTED);
      assertEquals(settings.do_white_balance, null);
      const values = await Deno.readTextFile(`${camera.env["ODDCAM"]?.split("=")[1]}.ctrl`);
      assertMatch(values, /^9a0903 1 /m, "the button was pressed");
    });
    const refused: [string, Record<string, unknown>, RegExp][] = [
      ["one of two", { brightness: 1, contrast: 2 }, /refuses it: contrast: Input\/output error/],
      ["in another script", { "control_00980906": 1 }, /refuses it: control_00980906: Input/],
      ["a twin", { gain: 1 }, /refuses it: gain: v4l2-ctl confuses it with another control/],
      ["a button", { do_white_balance: 1 }, /'do_white_balance' must be true, which presses it/],
      ["a long text", { title: "x".repeat(33) }, /'title' must be a text of 0 to 32 bytes/],
      ["a comma", { title: "a,brightness=1" }, /'title' must be a text .* without commas/],
      ["no text", { title: 5 }, /'title' must be a text/],
      ["no name", { "": 1 }, /no control ''/],
    ];
    for (const [name, set, says] of refused) {
      await t.step(name, async () => assertMatch((await ask(viewer, set)).message, says));
    }
    await t.step("what was refused is as it was", async () => {
      const { settings } = await ask(viewer);
      assertEquals([settings.brightness, settings.title], [WANTED.brightness, WANTED.title]);
    });
  },
);

testWith(
  ["vcam", "ffmpeg", "v4l2-ctl"],
  "a camera's own controls last when it is unplugged and plugged in again, watched or not",
  async (t) => {
    await using camera = await startCamera();
    await using server = await startWscam(["-c", camera.path, "--linger", "0"], {
      env: camera.env,
    });
    const isRestored = async (viewer: Viewer) => {
      const { settings } = await ask(viewer);
      return Object.entries(WANTED).every(([name, value]) => settings[name] === value);
    };
    const presses = async () => {
      const text = await Deno.readTextFile(`${camera.env["ODDCAM"]?.split("=")[1]}.ctrl`);
      return text.match(/^9a0903 (\d)/m)?.[1];
    };
    await t.step("watched", async () => {
      await using viewer = await watch(server);
      await ask(viewer, { ...WANTED, do_white_balance: true });
      await camera.fault("unplugged");
      await eventually(() => viewer.errors().length > 0);
      await camera.forget();
      await camera.fault("none");
      await eventually(() => isRestored(viewer));
    });
    await t.step("not watched", async () => {
      await eventually(async () => {
        const { cameras: [state] } = await (await fetch(`${server.url}/state`)).json();
        return state.state === "closed";
      });
      await camera.forget();
      await using viewer = await watch(server);
      await eventually(() => isRestored(viewer));
    });
    assertEquals(await presses(), "0", "a button is not pressed again");
  },
);
