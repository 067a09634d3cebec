import { assertEquals, assertMatch } from "@std/assert";
import type { Check } from "../../../lib/commands/doctor/check.ts";
import { judgeClock } from "../../../lib/commands/doctor/checks/check_clock.ts";
import { judgeDevice } from "../../../lib/commands/doctor/checks/check_device.ts";
import { judgeLimits } from "../../../lib/commands/doctor/checks/check_limits.ts";
import { judgeModes } from "../../../lib/commands/doctor/checks/check_modes.ts";
import { judgeRate, type RateContext } from "../../../lib/commands/doctor/judge_rate.ts";

type Case = [name: string, check: Check, status: Check["status"], message: RegExp, remedy?: RegExp];

async function verify(t: Deno.TestContext, cases: Case[]): Promise<void> {
  for (const [name, check, status, message, remedy] of cases) {
    await t.step(name, () => {
      assertEquals(check.status, status);
      assertMatch(check.message, message);
      if (remedy) assertMatch(check.remedy ?? "", remedy);
      else assertEquals(check.remedy, undefined);
    });
  }
}

Deno.test("judgeClock() wants a plausible time, and warns of one that nobody sets", async (t) => {
  const clock = (text: string, isSynchronized?: boolean) =>
    judgeClock({ now: new Date(text), isSynchronized });
  await verify(t, [
    ["synchronized", clock("2027-01-02T03:04:05Z", true), "ok", /2027-01-02T03:04:05Z and is sync/],
    ["unknown", clock("2027-01-02"), "ok", /shows 2027-01-02T00:00:00Z$/],
    ["not", clock("2027-01-02", false), "warn", /isn't synchronized/, /set/],
    ["of a board without a battery", clock("1970-01-01", true), "fail", /wrong time/, /set/],
    ["far ahead", clock("2106-02-07"), "fail", /wrong time/, /set/],
  ]);
});

Deno.test("judgeLimits() says how many viewers the system allows", async (t) => {
  const load = { maxClients: 1000, cameras: 2 };
  const limits = (files: number | undefined, memory: number) =>
    judgeLimits({ files, memory }, load);
  await verify(t, [
    [
      "plenty",
      limits(4096, 8e9),
      "ok",
      /^4096 open files, 8000 MB of memory: enough for 1000 viewers$/,
    ],
    ["just enough", limits(1080, 8e9), "ok", /^1080 open files/],
    ["unlimited", limits(undefined, 8e9), "ok", /^8000 MB/],
    [
      "one too few",
      limits(1079, 8e9),
      "warn",
      /^1079 open files/,
      /'ulimit -n 1080'.*'--max-clients 999'/,
    ],
    ["hardly any", limits(20, 8e9), "warn", /^20 open files/, /'--max-clients 1'$/],
    [
      "little memory",
      limits(4096, 260e6),
      "warn",
      /^260 MB .* 1000 viewers$/,
      /'--max-clients 500'/,
    ],
    ["hardly any memory", limits(4096, 50e6), "warn", /^only 50 MB/, /stop other programs/],
  ]);
});

Deno.test("judgeDevice() says what keeps us from a device", async (t) => {
  const device = "/dev/video7";
  const denied = new Deno.errors.PermissionDenied();
  await verify(t, [
    ["fine", judgeDevice({ device, problem: undefined }), "ok", /^\/dev\/video7 is there/],
    ["busy", judgeDevice({ device, problem: new Deno.errors.Busy() }), "ok", /is there/],
    [
      "missing",
      judgeDevice({ device, problem: new Deno.errors.NotFound() }),
      "fail",
      /does not exist/,
      /plug/,
    ],
    ["forbidden", judgeDevice({ device, problem: denied }), "fail", /may not/, /-aG video /],
    [
      "dead",
      judgeDevice({ device, problem: new Error("gone") }),
      "fail",
      /can't be opened: gone/,
      /driver/,
    ],
  ]);
});

const VGA = { width: 640, height: 480 };
const HD = { width: 1280, height: 720 };
const MODES = [
  { format: "mjpeg", ...VGA, fps: [30, 15] },
  { format: "yuyv422", ...HD, fps: [10] },
  { format: "nv12", ...HD, fps: [5] },
];

Deno.test("judgeModes() compares what a camera offers with what is wanted", async (t) => {
  const modes = (resolution: typeof VGA, fps: number, offered = MODES) =>
    judgeModes(offered, { resolution, fps });
  const many = Array.from(
    { length: 20 },
    (_, i) => ({ ...HD, format: "x", width: i + 1, fps: [] }),
  );
  await verify(t, [
    ["offered", modes(VGA, 30), "ok", /^offers 640x480 as mjpeg at 30\/15$/],
    ["in two formats", modes(HD, 10), "ok", /as yuyv422 at 10, nv12 at 5$/],
    ["too fast", modes(HD, 30), "warn", /, but not at 30$/, /'--fps'/],
    [
      "another size",
      modes({ width: 800, height: 600 }, 10),
      "warn",
      /^offers 640x480, 1280x720, but not 800x600$/,
      /'--resolution'/,
    ],
    ["unknown rates", modes({ width: 1, height: 720 }, 99, many), "ok", /^offers 1x720 as x$/],
    ["many sizes", modes(VGA, 10, many), "warn", /8x720, …, but not/, /'--resolution'/],
    ["unknown", modes(VGA, 10, []), "ok", /doesn't tell/],
  ]);
});

Deno.test("judgeRate() compares what comes with what is wanted, and says why it may be less", async (t) => {
  const base: RateContext = { kind: "index", modes: MODES, resolution: VGA, fps: 30, rotate: "0" };
  const plan = { encoder: "copy", reason: "as asked for" } as const;
  const rate = (fps: number, context: Partial<RateContext> = {}, size = VGA) =>
    judgeRate({ ...size, fps, plan: undefined }, { ...base, ...context });
  await verify(t, [
    ["as wanted", rate(29.9), "ok", /^delivers 640x480 at 29.9 frames a second$/],
    ["nearly", rate(27), "ok", /at 27/],
    ["more", rate(30, { fps: 10 }), "ok", /at 30 frames a second, of which 10 are wanted$/],
    ["half", rate(15), "warn", /at 15 .* but 30 are wanted$/, /more light/],
    [
      "by the mode",
      rate(10, { resolution: HD }, HD),
      "warn",
      /but 30 are wanted/,
      /no more than 10 at that size/,
    ],
    [
      "of a stream",
      rate(15, { kind: "url" }),
      "warn",
      /but 30 are wanted/,
      /the source gives no more/,
    ],
    [
      "of the test picture",
      rate(15, { kind: "test" }),
      "warn",
      /but 30 are wanted/,
      /machine is too slow/,
    ],
    [
      "another size",
      rate(30, { resolution: HD }),
      "warn",
      /though 1280x720 was asked for$/,
      /'--resolution'/,
    ],
    ["a stream's own size", rate(30, { kind: "url", resolution: HD }), "ok", /^delivers 640x480/],
    ["turned", rate(30, { rotate: "90" }, { width: 480, height: 640 }), "ok", /^delivers 480x640/],
    [
      "with a plan",
      judgeRate({ ...VGA, fps: 30, plan }, base),
      "ok",
      /; encoder copy, as asked for$/,
    ],
  ]);
});
