import { assert, assertEquals, assertMatch } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { childrenOf, isAlive } from "../../testutil/system/processes.ts";
import { startVcam, vcamEnv } from "../../testutil/camera/vcam.ts";
import { startWscam, wscamArgs } from "../../testutil/program/wscam.ts";
import { examine, found } from "../../program/doctor/doctor.ts";

testWith(
  ["ffmpeg"],
  "doctor says what is wrong with a camera that can't be found or shown",
  async (t) => {
    const cases: [string, string, RegExp][] = [
      ["9999", "device", /^Camera 9999: \/dev\/video9999 does not exist$/],
      [
        "a=no such camera",
        "camera",
        /^Camera a isn't there: no camera has the name 'no such camera'/,
      ],
      ["b=/no/such.mp4", "camera", /^Camera b isn't there: \/no\/such.mp4 does not exist/],
      ["c=http://127.0.0.1:9/", "camera", /^Camera c can't be reached: .* refuses connections/],
    ];
    const isLinux = Deno.build.os === "linux";
    const report = await examine(cases.flatMap(([camera]) => ["--camera", camera]));
    for (const [camera, name, message] of cases) {
      if (!isLinux && name === "device") continue;
      await t.step(camera, () => {
        const check = found(report, name, camera.split("=")[0]);
        assertEquals(check.status, "fail");
        assertMatch(check.message, message);
        if (name === "camera") assert(check.message.includes("; ") || check.remedy, "what to do");
      });
    }
  },
);

testWith(["vcam", "ffmpeg"], "doctor measures a camera", async () => {
  await using vcam = await startVcam();
  const args = ["--camera", `desk=${vcam.path}`, "--fps", "30", "--rotate", "90"];
  const report = await examine(args, vcam.env);
  assertEquals(report.ok, true, JSON.stringify(report));
  for (const name of ["device", "modes"]) assertEquals(found(report, name).status, "ok");
  assert((found(report, "modes").modes?.length ?? 0) >= 2);
  const { measured, camera } = found(report, "rate");
  assertEquals([camera, measured?.width, measured?.height], ["desk", 480, 640]);
  // A busy machine sees fewer, or many of them in a heap.
  assert(measured && measured.fps > 0, JSON.stringify(measured));
});

testWith(
  ["vcam", "ffmpeg"],
  "doctor warns of a camera that is slower than wanted, and of a device that two are to have",
  async () => {
    await using vcam = await startVcam({ fps: 5 });
    const [slow, second] = ["slow", String(vcam.index)];
    const cameras = ["--camera", `${slow}=${vcam.path}`, "--camera", second];
    const report = await examine([...cameras, "--fps", "30"], vcam.env);
    assertEquals(report.ok, true, JSON.stringify(report));
    for (const name of ["modes", "rate"]) assertEquals(found(report, name, slow).status, "warn");
    const rate = found(report, "rate", slow);
    assertMatch(rate.message, /but 30 are wanted/);
    assertMatch(rate.remedy ?? "", /it offers no more than 5 at that size/);
    const { status, message, remedy } = found(report, "camera", second);
    assertEquals(status, "warn");
    assertMatch(message, /^Camera \d+ is \/dev\/video\d+, which camera slow uses: /);
    assertMatch(remedy ?? "", /^leave one out: /);
  },
);

testWith(["vcam", "ffmpeg"], "doctor tells faults apart, and what to do", async (t) => {
  await using unplugged = await startVcam({ fps: 5 });
  await using busy = await startVcam({ fps: 5 });
  const cases = [
    ["unplugged", unplugged, "device", /can't be opened/, /plug the camera in again/],
    ["busy", busy, "camera", /is busy: another program uses \/dev\/video\d+$/, /^end /],
  ] as const;
  for (const [fault, vcam] of cases) await vcam.fault(fault);
  const args = cases.flatMap(([, { index }]) => ["--camera", String(index)]);
  const report = await examine(args, vcamEnv(unplugged, busy));
  assertEquals(report.ok, false);
  for (const [fault, { index }, name, message, remedy] of cases) {
    await t.step(fault, () => {
      const check = found(report, name, String(index));
      assertEquals(check.status, "fail");
      assertMatch(check.message, message);
      assertMatch(check.remedy ?? "", remedy);
    });
  }
});

testWith(["vcam", "ffmpeg"], "doctor explains what a wscam that runs already uses", async () => {
  await using vcam = await startVcam({ fps: 10 });
  await using server = await startWscam(["--camera", String(vcam.index)], { env: vcam.env });
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.images().length > 1);
  const args = ["--camera", `mine=${vcam.path}`, "--port", String(server.port)];
  const report = await examine(args, vcam.env);
  assertEquals(report.ok, true, JSON.stringify(report));
  assertEquals(found(report, "port").status, "warn");
  assertMatch(found(report, "port").message, /is in use by a wscam that serves \d+$/);
  const { status, message } = found(report, "camera");
  assertEquals(status, "warn");
  assertMatch(message, /^Camera mine is in use by the wscam that is running, as its camera \d+/);
});

testWith(
  ["vcam", "ffmpeg"],
  "doctor ends at once when it is told to, and leaves nothing running",
  async () => {
    await using vcam = await startVcam({ fps: 10 });
    await vcam.fault("frozen");
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const child = new Deno.Command(Deno.execPath(), {
        args: wscamArgs("doctor", "--port", "0", "--camera", String(vcam.index)),
        env: { NO_COLOR: "1", ...vcam.env },
        stdin: "null",
        stdout: "piped",
        stderr: "null",
      }).spawn();
      let text = "";
      const reading = (async () => {
        for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) text += part;
      })();
      // It prints each line as it comes, and is measuring after this one.
      await eventually(() => /offers 640x480/.test(text));
      const children = await eventually(async () => {
        const found = await childrenOf(child.pid, { deep: true });
        return found.length > 1 ? found : undefined;
      });
      child.kill(signal);
      assertEquals((await child.status).signal, signal);
      await reading;
      await eventually(() => children.every((pid) => !isAlive(pid)));
    }
  },
);
