import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createAuthority } from "../../testutil/network/certificates.ts";
import { temporaryDirectory } from "../../testutil/files.ts";
import { testWith } from "../../testutil/needs.ts";
import { startWscam, wscamArgs } from "../../testutil/program/wscam.ts";
import { doctor, examine, examineEach, found, type Report } from "./doctor.ts";

/** A camera that takes no time to look at. */
const PUSHED = ["--camera", "ai=push"];
/** Nor is an ffmpeg asked what it can do. */
const WITHOUT_FFMPEG = [...PUSHED, "--ffmpeg", "/no/ffmpeg"];

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
    await using dir = await temporaryDirectory();
    const path = `${dir.path}/ffmpeg`;
    const script = `#!/bin/sh
case "$*" in *-encoders) ffmpeg "$@" | grep -v 264 ;; *) exec ffmpeg "$@" ;; esac
`;
    await Deno.writeTextFile(path, script, { mode: 0o755 });
    const [usual, named, none] = await examineEach([
      [...PUSHED],
      [...PUSHED, "--h264-encoder", "h264_none"],
      [...PUSHED, "--ffmpeg", path],
    ]);
    await t.step("the usual one", () => {
      const { status, message } = found(usual, "h264");
      assertEquals(status, "ok");
      assertMatch(message, /^ffmpeg's \w+ encodes H\.264$/);
    });
    await t.step("one that isn't there", () => {
      const { status, message } = found(named, "h264");
      assertEquals([named?.ok, status], [false, "fail"]);
      assertMatch(message, /only JPEG, which takes about ten times the bytes: .*got 'h264_none'$/);
    });
    await t.step("none", () => {
      const { status, message } = found(none, "h264");
      assertEquals([none?.ok, status], [true, "warn"]);
      assertMatch(
        message,
        /^Viewers get only JPEG.* has no encoder for H\.264 .*: install one with '/,
      );
    });
  },
);

Deno.test("doctor says that an encoder doesn't load, instead of failing itself", async () => {
  const folder = await Deno.makeTempDir();
  const broken = `data:text/javascript,export class Image {} throw new Error("no native part")`;
  const { imports } = JSON.parse(
    Deno.readTextFileSync(new URL("../../../deno.json", import.meta.url)),
  );
  const map = {
    imports: Object.fromEntries(
      Object.entries<string>({ ...imports, imagescript: broken }).map(([name, target]) => [
        name,
        target.startsWith("./") ? new URL(`../../../${target}`, import.meta.url).href : target,
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
    ["no certificate", key, key, /contains no certificate in PEM/],
  ] as const;
  const reports = await examineEach(
    cases.map(([, cert, key]) => [...WITHOUT_FFMPEG, "--cert", cert, "--key", key]),
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
  const reports = await examineEach(cases.map(([args]) => [...WITHOUT_FFMPEG, ...args]));
  for (const [i, [args, message]] of cases.entries()) {
    await t.step(args.join(" "), () => {
      const report = reports[i];
      assertEquals([report?.ok, found(report, "nats").status], [false, "fail"]);
      assertStringIncludes(found(report, "nats").message, message);
      assert(found(report, "nats").remedy);
    });
  }
});

Deno.test("doctor shows its token to the wscam that is running", async () => {
  await using server = await startWscam(["--camera", "door=test", "--token", "open sesame please"]);
  const port = [...WITHOUT_FFMPEG, "--port", String(server.port)];
  const tokens = [[], ["--token", "open barley"], ["--token", "open sesame please"]];
  const reports = await examineEach(tokens.map((token) => [...port, ...token]));
  const [none = "", other = "", right = ""] = reports.map((each) => found(each, "port").message);
  assertMatch(none, /by a wscam that asks for a token$/);
  assertMatch(other, /by a wscam that asks for another token$/);
  assertMatch(right, /by a wscam that serves door$/);
});
