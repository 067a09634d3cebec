import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createAuthority } from "./testutil/certificates.ts";
import { eventually } from "./testutil/eventually.ts";
import { openViewer } from "./testutil/messages.ts";
import { testWith } from "./testutil/needs.ts";
import { childrenOf, isAlive } from "./testutil/processes.ts";
import { startVcam } from "./testutil/vcam.ts";
import { type Ended, runWscam, startWscam, wscamArgs } from "./testutil/wscam.ts";

interface Report {
  ok: boolean;
  checks: {
    name: string;
    status: string;
    message: string;
    remedy?: string;
    camera?: string;
    modes?: unknown[];
    measured?: { width: number; height: number; fps: number };
  }[];
}

/** On a free port, unless another is named. */
function doctor(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const port = args.includes("--port") ? [] : ["--port", "0"];
  return runWscam(["doctor", ...port, "--host", "127.0.0.1", ...args], env);
}

async function examine(args: string[], env: Record<string, string> = {}): Promise<Report> {
  const { stdout, stderr, code } = await doctor([...args, "--json"], env);
  assertEquals(stderr, "");
  const report: Report = JSON.parse(stdout);
  assertEquals(code, report.ok ? 0 : 1);
  return report;
}

function found(report: Report | undefined, name: string): Report["checks"][number] {
  const checks = report?.checks ?? [];
  const check = checks.find((each) => each.name === name);
  assert(check, `no check of ${name} among ${JSON.stringify(checks)}`);
  return check;
}

Deno.test("doctor prints a line for each check, the test picture among them", async () => {
  const { code, stdout, stderr } = await doctor(["--camera", "test", "--ffmpeg", "/no/ffmpeg"]);
  assertEquals([code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n");
  assertMatch(lines[0] ?? "", /^warn {2}A camera needs ffmpeg, and '\/no\/ffmpeg' is not there: /);
  assertMatch(lines[1] ?? "", /^ok {4}imagescript encodes JPEG$/);
  assertMatch(lines[2] ?? "", /^(ok {2}|warn) {2}The clock shows 20\d\d-/);
  assertMatch(
    lines[5] ?? "",
    /^(ok {2}|warn) {2}Camera test delivers 640x480 at [\d.]+ frames a second/,
  );
  assertMatch(lines[6] ?? "", /^\d warnings?$/);
  assertEquals(lines.length, 7);
});

Deno.test("doctor --json tells the same to programs, without secrets", async () => {
  const door = "door=rtsp://me:hunter2@127.0.0.1:9/x?key=hunter2";
  const report = await examine(["--camera", "test", "--camera", door, "-r", "160x120"]);
  const names = report.checks.map(({ name }) => name);
  assertEquals(names.slice(0, 5), ["ffmpeg", "h264", "imagescript", "clock", "limits"]);
  for (const { status } of report.checks) assert(["ok", "warn", "fail"].includes(status), status);
  const { measured, camera } = found(report, "rate");
  assertEquals([camera, measured?.width, measured?.height], ["test", 160, 120]);
  assert(!JSON.stringify(report).includes("hunter2"), JSON.stringify(report));
});

Deno.test("doctor fails without the ffmpeg that a camera needs, and says how to get it", async () => {
  const report = await examine(["--camera", "9999", "--ffmpeg", "/no/ffmpeg"]);
  assertEquals(report.ok, false);
  const { status, message } = found(report, "ffmpeg");
  assertEquals(status, "fail");
  assertMatch(message, /'\/no\/ffmpeg' is not there: install it with '.+', or say where it is/);
});

testWith(
  ["ffmpeg"],
  "doctor says which encoder makes H.264, and what it costs without",
  async (t) => {
    await t.step("the usual one", async () => {
      const { status, message } = found(await examine(["--camera", "test"]), "h264");
      assertEquals(status, "ok");
      assertMatch(message, /^ffmpeg's \w+ encodes H\.264$/);
    });
    await t.step("one that isn't there", async () => {
      const report = await examine(["--camera", "test", "--h264-encoder", "h264_none"]);
      const { status, message } = found(report, "h264");
      assertEquals([report.ok, status], [false, "fail"]);
      assertMatch(message, /JPEG alone, which takes some ten times the bytes: .*got 'h264_none'$/);
    });
    await t.step("none", async () => {
      const dir = await Deno.makeTempDir();
      const path = `${dir}/ffmpeg`;
      const script = `#!/bin/sh
case "$*" in *-encoders) ffmpeg "$@" | grep -v 264 ;; *) exec ffmpeg "$@" ;; esac
`;
      await Deno.writeTextFile(path, script, { mode: 0o755 });
      const report = await examine(["--camera", "test", "--ffmpeg", path]);
      const { status, message } = found(report, "h264");
      assertEquals([report.ok, status], [true, "warn"]);
      assertMatch(
        message,
        /^Viewers get JPEG alone.* has no encoder for H\.264 .*: install one with '/,
      );
      await Deno.remove(dir, { recursive: true });
    });
  },
);

Deno.test("doctor says that an encoder doesn't load, instead of failing itself", async () => {
  const folder = await Deno.makeTempDir();
  const broken = `data:text/javascript,export class Image {} throw new Error("no native part")`;
  const { imports } = JSON.parse(Deno.readTextFileSync(new URL("../deno.json", import.meta.url)));
  const map = {
    imports: Object.fromEntries(
      Object.entries<string>({ ...imports, imagescript: broken }).map(([name, target]) => [
        name,
        target.startsWith("./") ? new URL(`../${target}`, import.meta.url).href : target,
      ]),
    ),
  };
  await Deno.writeTextFile(`${folder}/map.json`, JSON.stringify(map));
  const [run, ...rest] = wscamArgs("doctor", "--camera", "test", "--port", "0", "--json");
  const { stdout, code } = await new Deno.Command(Deno.execPath(), {
    args: [run ?? "", "--no-lock", "--import-map", `${folder}/map.json`, ...rest],
    stdin: "null",
  }).output();
  const report: Report = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals(code, 1);
  assertEquals(found(report, "imagescript").status, "fail");
  assertStringIncludes(found(report, "imagescript").message, "no native part");
  assert(found(report, "rate"), "the checks go on");
  await Deno.remove(folder, { recursive: true });
});

testWith(["openssl"], "doctor looks at the certificate and its key", async (t) => {
  await using authority = await createAuthority();
  const [{ cert, key }, other] = [await authority.issue("one"), await authority.issue("other")];
  const cases = [
    ["good", cert, key, /./],
    ["another key", cert, other.key, /is not the key of the certificate/],
    ["no file", "/no/cert.pem", key, /Cannot use '--cert': there is no such file/],
    ["no certificate", key, key, /holds no certificate in PEM/],
  ] as const;
  const reports = await Promise.all(
    cases.map(([, cert, key]) => examine(["--camera", "test", "--cert", cert, "--key", key])),
  );
  for (const [i, [name, , , message]] of cases.entries()) {
    await t.step(name, () => {
      const check = found(reports[i], "certificate");
      assertEquals(check.status, name === "good" ? "ok" : "fail");
      assertMatch(check.message, message);
      if (name !== "good") assertMatch(check.remedy ?? "", /'--cert' and '--key'/);
    });
  }
});

Deno.test("doctor looks whether NATS servers take us in", async (t) => {
  const nobody = "nats://me:hunter2@127.0.0.1:1";
  const cases: [string[], string][] = [
    [
      ["--publish", nobody],
      "nats://127.0.0.1:1 refuses connections: no nats-server seems to run there",
    ],
    [["--camera", `${nobody}/door`], "nats://127.0.0.1:1 refuses connections"],
    [["--nats-creds", "/no/creds"], "Cannot use '--nats-creds' /no/creds: there is no such file"],
  ];
  const reports = await Promise.all(cases.map(([args]) => examine(["--camera", "test", ...args])));
  for (const [i, [args, message]] of cases.entries()) {
    await t.step(args.join(" "), () => {
      const report = reports[i];
      assertEquals([report?.ok, found(report, "nats").status], [false, "fail"]);
      assertStringIncludes(found(report, "nats").message, message);
      assert(found(report, "nats").remedy);
    });
  }
});

Deno.test("doctor shows its token to the wscam that runs already", async () => {
  await using server = await startWscam(["--camera", "door=test", "--token", "open sesame please"]);
  const port = ["--camera", "test", "--port", String(server.port)];
  const look = async (...token: string[]) =>
    found(await examine([...port, ...token]), "port").message;
  const [none, other, right] = await Promise.all([
    look(),
    look("--token", "open barley"),
    look("--token", "open sesame please"),
  ]);
  assertMatch(none, /by a wscam that asks for a token$/);
  assertMatch(other, /by a wscam that asks for another token$/);
  assertMatch(right, /by a wscam that serves door$/);
});

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
      ["a=/no/such.mp4", "camera", /^Camera a isn't there: \/no\/such.mp4 does not exist/],
      ["a=http://127.0.0.1:9/", "camera", /^Camera a can't be reached: .* refuses connections/],
    ];
    const isLinux = Deno.build.os === "linux";
    const reports = await Promise.all(cases.map(([camera]) => examine(["--camera", camera])));
    for (const [i, [camera, name, message]] of cases.entries()) {
      if (!isLinux && name === "device") continue;
      await t.step(camera, () => {
        const check = found(reports[i], name);
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
  // A busy machine sees fewer, or some of them in a heap.
  assert(measured && measured.fps > 5 && measured.fps < 45, JSON.stringify(measured));
});

testWith(["vcam", "ffmpeg"], "doctor warns of a camera that is slower than wanted", async () => {
  await using vcam = await startVcam({ fps: 5 });
  const report = await examine(["--camera", String(vcam.index), "--fps", "30"], vcam.env);
  assertEquals(report.ok, true);
  for (const name of ["modes", "rate"]) assertEquals(found(report, name).status, "warn");
  assertMatch(found(report, "rate").message, /of 30 that are wanted/);
  assertMatch(found(report, "rate").remedy ?? "", /it offers no more than 5 at that size/);
});

testWith(["vcam", "ffmpeg"], "doctor warns of a device that two cameras are to have", async () => {
  await using vcam = await startVcam();
  const cameras = ["--camera", `desk=${vcam.path}`, "--camera", String(vcam.index)];
  const report = await examine(cameras, vcam.env);
  assertEquals(report.ok, true, JSON.stringify(report));
  const { status, message, remedy } = found(report, "camera");
  assertEquals(status, "warn");
  assertMatch(message, /^Camera \d+ is \/dev\/video\d+, which camera desk has: /);
  assertMatch(remedy ?? "", /^leave one out: /);
});

testWith(["vcam", "ffmpeg"], "doctor tells faults apart, and what to do", async (t) => {
  await using vcam = await startVcam();
  const cases = [
    ["unplugged", "device", /can't be opened/, /plug the camera in again/],
    ["busy", "camera", /is busy: another program uses \/dev\/video\d+$/, /^end /],
  ] as const;
  for (const [fault, name, message, remedy] of cases) {
    await t.step(fault, async () => {
      await vcam.fault(fault);
      const report = await examine(["--camera", String(vcam.index)], vcam.env);
      assertEquals(report.ok, false);
      const check = found(report, name);
      assertEquals(check.status, "fail");
      assertMatch(check.message, message);
      assertMatch(check.remedy ?? "", remedy);
    });
  }
});

testWith(["vcam", "ffmpeg"], "doctor explains what a wscam that runs already uses", async () => {
  await using vcam = await startVcam();
  await using server = await startWscam(["--camera", String(vcam.index)], { env: vcam.env });
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.images().length > 1, { within: 20_000 });
  const args = ["--camera", `mine=${vcam.path}`, "--port", String(server.port)];
  const report = await examine(args, vcam.env);
  assertEquals(report.ok, true, JSON.stringify(report));
  assertEquals(found(report, "port").status, "warn");
  assertMatch(found(report, "port").message, /is in use by a wscam that serves \d+$/);
  const { status, message } = found(report, "camera");
  assertEquals(status, "warn");
  assertMatch(message, /^Camera mine is in use by the wscam that runs already, as its camera \d+/);
});

testWith(
  ["vcam", "ffmpeg"],
  "doctor ends at once when it is told to, and leaves nothing running",
  async () => {
    await using vcam = await startVcam();
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
      await eventually(() => /offers 640x480/.test(text), { within: 20_000 });
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
