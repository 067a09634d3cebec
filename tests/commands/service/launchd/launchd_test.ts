import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { LaunchdManager } from "../../../../lib/commands/service/launchd/launchd.ts";
import { launchdAgent } from "../../../../lib/commands/service/launchd/launchd_agent.ts";
import type { Run } from "../../../../lib/commands/service/run.ts";
import { service } from "../../../../lib/commands/service.ts";
import { parseService } from "../../../../lib/config/commands/service_config.ts";
import { PYTHON } from "../../../../scripts/needs/python.ts";
import { testWith } from "../../../testutil/needs.ts";

const PROGRAM = {
  command: ["/opt/homebrew/bin/wscam"],
  reads: [],
  module: undefined,
  warning: undefined,
};

/** Reads a property list with plistutil, by way of its binary form. */
async function parseList(text: string): Promise<Record<string, unknown>> {
  const dir = await Deno.makeTempDir();
  await Deno.writeTextFile(`${dir}/agent.plist`, text);
  const words = [`${dir}/agent.plist`, "-o", `${dir}/agent.bin`, "-f", "bin"];
  await output("plistutil", "-i", ...words);
  const program =
    "import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], 'rb'))))";
  const json = await output(PYTHON, "-c", program, `${dir}/agent.bin`);
  await Deno.remove(dir, { recursive: true });
  return JSON.parse(json);
}

async function output(command: string, ...args: string[]): Promise<string> {
  const done = await new Deno.Command(command, { args, stdin: "null" }).output();
  assertEquals(done.code, 0, new TextDecoder().decode(done.stderr));
  return new TextDecoder().decode(done.stdout);
}

testWith(
  ["plistutil", "python3-websockets"],
  "launchdAgent() is a property list with every word as it was",
  async () => {
    const command = ["/a b/wscam", "serve", `--camera=<&>"'%$\\ ü ]]> &amp;`];
    const secrets = { WSCAM_CAMERA: "rtsp://me:a&b<c@host" };
    const log = "/Users/me/Library/Logs/wscam.log";
    assertEquals(await parseList(launchdAgent({ command, secrets, log })), {
      Label: "wscam",
      ProgramArguments: command,
      EnvironmentVariables: {
        PATH: "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        ...secrets,
      },
      RunAtLoad: true,
      KeepAlive: true,
      ProcessType: "Interactive",
      StandardOutPath: log,
      StandardErrorPath: log,
    });
  },
);

/** A launchctl that knows what it is asked, and nothing else. */
function fakeLaunchctl(answers: Record<string, Partial<Awaited<ReturnType<Run>>>>): Run & {
  readonly calls: string[];
} {
  const calls: string[] = [];
  const run: Run = (command, args) => {
    const call = [command, ...args].join(" ");
    calls.push(call);
    const answer = answers[call];
    if (answer === undefined) throw new Error(`Unexpected call: ${call}`);
    return Promise.resolve({ code: 0, stdout: "", stderr: "", ...answer });
  };
  return Object.assign(run, { calls });
}

Deno.test("LaunchdManager.print() says that a list with passwords isn't for everybody", () => {
  const noteFor = (...args: string[]): string | undefined =>
    new LaunchdManager(parseService(["print", "--", "--camera", "test", ...args]), {
      program: PROGRAM,
      run: fakeLaunchctl({}),
      uid: 501,
      say: () => {},
    }).print().note;
  assertEquals(noteFor(), undefined);
  assertStringIncludes(noteFor("--token", "geheim") ?? "", "chmod 600");
});

const ignore = Deno.build.os === "windows";

Deno.test({ name: "service install, status and uninstall on macOS", ignore }, async (t) => {
  const home = await Deno.makeTempDir();
  const path = `${home}/Library/LaunchAgents/wscam.plist`;
  const bootstrap = `launchctl bootstrap gui/501 ${path}`;
  const said: string[] = [];
  const does = async (run: Run, ...args: string[]): Promise<number> => {
    said.length = 0;
    const config = parseService(args, (name) => ({ HOME: home })[name]);
    const say = (text: string): void => void said.push(text);
    return await service(config, { os: "darwin", uid: 501, program: PROGRAM, run, say });
  };

  await t.step("install takes the place of one that is there", async () => {
    const run = fakeLaunchctl({ "launchctl bootout gui/501/wscam": { code: 3 }, [bootstrap]: {} });
    assertEquals(await does(run, "install", "--", "-c", "rtsp://me:secret@host/"), 0);
    assertEquals(run.calls, ["launchctl bootout gui/501/wscam", bootstrap]);
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    const text = await Deno.readTextFile(path);
    assertStringIncludes(text, "<string>/opt/homebrew/bin/wscam</string>");
    assertStringIncludes(text, "<key>WSCAM_CAMERA</key>");
    assertStringIncludes(said.join("\n"), "allow it");
  });

  await t.step("status tells whether it runs", async () => {
    const stdout = "gui/501/wscam = {\n\tstate = running\n\tpid = 77\n\tpath = x\n}\n";
    const print = "launchctl print gui/501/wscam";
    assertEquals(await does(fakeLaunchctl({ [print]: { stdout } }), "status"), 0);
    assertEquals(said, [
      `wscam is running (state = running, pid = 77); its log: ${home}/Library/Logs/wscam.log`,
    ]);
    assertEquals(await does(fakeLaunchctl({ [print]: { code: 113 } }), "status"), 1);
    assertStringIncludes(said[0] ?? "", "not installed");
  });

  await t.step("what launchctl says is passed on", async () => {
    const run = fakeLaunchctl({
      "launchctl bootout gui/501/wscam": {},
      "launchctl print gui/501/wscam": { code: 113 },
      [bootstrap]: { code: 5, stderr: "Bootstrap failed: 5: Input/output error\n" },
    });
    const error = await assertRejects(() => does(run, "install"), Error);
    assertEquals(
      error.message,
      `Cannot start service: '${bootstrap}' ended with 5: Bootstrap failed: 5: Input/output error`,
    );
  });

  await t.step("uninstall removes it, once", async () => {
    const run = fakeLaunchctl({
      "launchctl bootout gui/501/wscam": {},
      "launchctl print gui/501/wscam": { code: 113 },
    });
    const settings = `${home}/Library/Application Support/wscam`;
    await Deno.mkdir(settings, { recursive: true });
    await Deno.writeTextFile(`${settings}/state.json`, "{}");
    assertEquals(await does(run, "uninstall"), 0);
    assertEquals(said, [`${path} is stopped and removed`]);
    assert(!await Deno.stat(settings).then(() => true, () => false));
    assertEquals(await does(run, "uninstall"), 0);
    assertEquals(said, [`Nothing to remove: there is no ${path}`]);
    assert(!await Deno.stat(path).then(() => true, () => false));
  });

  await Deno.remove(home, { recursive: true });
});
