import { assertEquals, assertMatch } from "@std/assert";
import { eventually } from "./testutil/eventually.ts";
import { openViewer } from "./testutil/messages.ts";
import { testWith } from "./testutil/needs.ts";
import { startOddCamera } from "./testutil/odd_camera.ts";
import { startWscam } from "./testutil/wscam.ts";

/** Numbers of errors on Linux. */
const ENOSPC = 28;
const ENOLINK = 67;
const EPROTO = 71;
const ETIME = 62;
const ENODEV = 19;
const ENOTTY = 25;

testWith(["vcam", "ffmpeg"], "serve() says why a camera gives no pictures", async (t) => {
  const cases: Record<string, [lines: string[], code: string, says: RegExp]> = {
    "the bus is full": [[`err STREAMON ${ENOSPC}`], "bandwidth", /the USB bus is full .*smaller/],
    "no signal": [[`err STREAMON ${ENOLINK}`], "signal", /has no signal/],
    "a signal is lost": [[`err DQBUF ${ENOLINK} 20`], "signal", /has no signal/],
    "a bad cable": [[`err DQBUF ${EPROTO} 20`], "failed", /USB cable/],
    "no answer": [[`err DQBUF ${ETIME} 20`], "failed", /doesn't answer in time/],
    "a stale node": [
      [`err OPEN ${ENODEV}`],
      "missing",
      /nothing is behind \/dev\/video\d+ any more/,
    ],
    "unplugged, after an opening with a warning": [
      [`err G_PARM ${ENOTTY}`, `err DQBUF ${ENODEV} 90`],
      "gone",
      /was unplugged/,
    ],
  };
  for (const [name, [lines, code, says]] of Object.entries(cases)) {
    await t.step(name, async () => {
      await using camera = await startOddCamera({
        formats: [{ fourcc: "MJPG", sizes: ["640x480 1/30"] }],
        lines,
      });
      await using server = await startWscam(["-c", camera.path], { env: camera.env });
      await using viewer = await openViewer(server.ws);
      await eventually(() => viewer.errors().length > 0, { within: 30_000 });
      assertMatch(viewer.errors()[0]?.message ?? "", says);
      const { cameras: [state] } = await (await fetch(`${server.url}/state`)).json();
      assertEquals(state.code, code);
    });
  }
});

testWith(
  ["vcam", "ffmpeg", "v4l2-ctl"],
  "a camera's own controls last when it is plugged in anew",
  async () => {
    await using camera = await startOddCamera({
      formats: [{ fourcc: "MJPG", sizes: ["640x480 1/30"] }],
      lines: [
        "ctl 00980900 1 0 0 0 255 1 128 128 Brightness",
        "ctl 00980901 1 0 5 0 255 1 128 128 Contrast",
        "ctl 009a0901 5 0 0 0 1099511627776 1 5 5 Big Number",
        "ctl 009a0902 8 0 0 0 15 0 3 3 Mask",
      ],
    });
    await using server = await startWscam(["-c", camera.path], { env: camera.env });
    await using viewer = await openViewer(server.ws);
    await eventually(() => viewer.images().length > 0, { within: 20_000 });
    const answers = (id: number) =>
      viewer.messages.filter((each) => "id" in each && each.id === id);
    const ask = async (id: number, set?: Record<string, unknown>) => {
      viewer.command({ type: "control", id, ...(set ? { set } : {}) });
      await eventually(() => answers(id).length > 0, { within: 20_000 });
      return JSON.parse(JSON.stringify(answers(id)[0]));
    };
    const wanted = { brightness: 200, "big_number": 1e12, mask: 5 };
    assertEquals((await ask(1, wanted)).settings.brightness, 200);
    const refused = await ask(2, { brightness: 1, contrast: 2 });
    assertMatch(refused.message, /refuses it: contrast: /);
    assertEquals(refused.code, "refused");
    await camera.fault("unplugged");
    await eventually(() => viewer.errors().length > 1, { within: 20_000 });
    await camera.forget();
    await camera.fault("none");
    const before = viewer.images().length;
    await eventually(() => viewer.images().length > before, { within: 20_000 });
    const { brightness, mask, "big_number": big } = (await ask(3)).settings;
    assertEquals({ brightness, mask, "big_number": big }, wanted);
  },
);
