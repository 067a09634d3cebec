import { assertEquals, assertMatch } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { type OddCamera, oddEnv, startOddCamera } from "../../testutil/camera/odd_camera.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

/** Numbers of errors on Linux. */
const ENOSPC = 28;
const ENOLINK = 67;
const EPROTO = 71;
const ETIME = 62;
const ENODEV = 19;
const ENOTTY = 25;
const EILSEQ = 84;
const ESHUTDOWN = 108;
const ETIMEDOUT = 110;
const EBUSY = 16;
const EINVAL = 22;
const EIO = 5;
const ENOMEM = 12;

testWith(["vcam", "ffmpeg"], "serve() says why a camera gives no pictures", async (t) => {
  const cases: Record<string, [lines: string[], code: string, says: RegExp]> = {
    "the bus is full": [[`err STREAMON ${ENOSPC}`], "bandwidth", /the USB bus is full .*smaller/],
    "no signal": [[`err STREAMON ${ENOLINK}`], "signal", /has no signal/],
    "a signal is lost": [[`err DQBUF ${ENOLINK} 20`], "signal", /has no signal/],
    "a bad cable": [[`err DQBUF ${EPROTO} 20`], "failed", /USB cable/],
    "no answer": [[`err DQBUF ${ETIME} 20`], "failed", /doesn't answer in time/],
    "damaged packets": [[`err DQBUF ${EILSEQ} 20`], "failed", /USB cable/],
    "no answer to a setting": [
      [`err S_PARM ${ETIMEDOUT}`],
      "failed",
      /doesn't answer in time/,
    ],
    "no answer any more": [[`err DQBUF ${ETIMEDOUT} 20`], "failed", /doesn't answer in time/],
    "the bus is shut down": [[`err DQBUF ${ESHUTDOWN} 20`], "gone", /was unplugged/],
    "it can't be read": [[`err STREAMON ${EIO}`], "failed", /can't be read .*plug it in again/],
    "a mode that doesn't start": [[`err STREAMON ${EINVAL}`], "mode", /choose another '--resol/],
    "it can't be asked": [[`err QUERYCAP ${EINVAL}`], "failed", /doesn't work .*plug it in again/],
    "a picture can't be had": [[`err DQBUF ${EINVAL}`], "failed", /doesn't work .*plug it in/],
    "no picture can be had any more": [
      [`err DQBUF ${EBUSY} 20`],
      "failed",
      /gives no more pictures .*: Device or resource busy; plug it in again/,
    ],
    "no memory": [[`err REQBUFS ${ENOMEM}`], "failed", /can't get memory .*smaller '--resolution'/],
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
  await using stack = new AsyncDisposableStack();
  const entries = Object.entries(cases);
  const cameras: OddCamera[] = [];
  for (const [, [lines]] of entries) {
    const formats = [{ fourcc: "MJPG", sizes: ["640x480 1/30"] }];
    cameras.push(stack.use(await startOddCamera({ formats, lines })));
  }
  const args = cameras.flatMap(({ path }, i) => ["-c", `c${i}=${path}`]);
  await using server = await startWscam([...args, "--linger", "0"], { env: oddEnv(...cameras) });
  for (const [i, [name, [, code, says]]] of entries.entries()) {
    await t.step(name, async () => {
      await using viewer = await openViewer(`${server.ws}/?camera=c${i}`);
      await eventually(() => viewer.errors().length > 0);
      assertMatch(viewer.errors()[0]?.message ?? "", says);
      const state = await (await fetch(`${server.url}/state`)).json();
      assertEquals(state.cameras[i].code, code);
    });
  }
});
