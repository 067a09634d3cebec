import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { findProgram } from "../../../../lib/commands/service/program.ts";
import { systemdPlan } from "../../../../lib/commands/service/systemd/systemd_plan.ts";
import { UsageError } from "../../../../lib/config/options/usage_error.ts";
import { parseService } from "../../../../lib/config/commands/service_config.ts";
import { testWith } from "../../../testutil/needs.ts";

const EXECUTABLE = "/bin/true";
const env = (name: string): string | undefined => ({ HOME: "/home/me" })[name];

interface Setting {
  user?: boolean;
  execPath?: string;
  checkout?: string;
}

function plan(
  args: string[],
  { user = false, execPath = EXECUTABLE, checkout }: Setting = {},
): ReturnType<typeof systemdPlan> {
  const own = ["install", ...(user ? ["--user"] : []), "--", ...args];
  const mainModule = checkout ?? "file:///x/main.ts";
  const program = findProgram({ execPath, mainModule, standalone: checkout === undefined });
  return systemdPlan(parseService(own, env), program);
}

function textOf(args: string[], setting?: Setting): string {
  return plan(args, setting).unit.text;
}

/** Options for units of each kind. */
const VARIANTS: Readonly<Record<string, string[]>> = {
  "a camera": ["--camera", "0"],
  "the test picture": ["--camera", "test"],
  "odd words": ["--camera", `a "b" 'c' %h $HOME \${X}; # ü`],
  "a low port": ["--port", "80"],
  "a Unix socket": ["--unix", "/run/wscam/wscam.sock"],
  "a password": ["--camera", "rtsp://me:secret@host/x"],
  "a certificate": ["--cert", "/home/me/a b/x.pem", "--key", "/etc/ssl/private/x.key"],
  "a film at home": ["--camera", "/home/me/a b:c%d.mp4", "--camera", "/tmp/b.mp4"],
};

for (const [name, args] of Object.entries(VARIANTS)) {
  for (const user of [false, true]) {
    testWith(
      ["systemd"],
      `systemd accepts a ${user ? "user" : "system"} unit for ${name}`,
      async () => {
        const dir = await Deno.makeTempDir();
        const path = `${dir}/wscam.service`;
        await Deno.writeTextFile(path, textOf(args, { user }));
        const verify = await analyze("verify", "--man=no", ...(user ? ["--user"] : []), path);
        // The user who runs the test may have no say in what else is installed.
        const own = verify.text.split("\n").filter((line) => line.includes("wscam.service"));
        assertEquals(own, []);
        if (!user) {
          const { code, text } = await analyze(
            "security",
            "--offline=true",
            "--threshold=30",
            "--no-pager",
            path,
          );
          assertEquals(code, 0, text);
          assertMatch(text, /Overall exposure level for wscam.service: [012]\.\d OK/);
        }
        await Deno.remove(dir, { recursive: true });
      },
    );
  }
}

async function analyze(...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command("systemd-analyze", {
    args,
    env: { SYSTEMD_COLORS: "0", XDG_RUNTIME_DIR: "/tmp" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("a system unit opens cameras only where there are some to open", () => {
  const camera = textOf(["-c", "test", "-c", "C920"]);
  assertMatch(camera, /^DevicePolicy=closed\nDeviceAllow=char-video4linux rw$/m);
  assertMatch(camera, /^SupplementaryGroups=video$/m);
  assertMatch(camera, /^After=modprobe@videodev.service$/m);
  assert(!camera.includes("PrivateDevices"));
  const none = textOf(["-c", "test", "-c", "rtsp://host/x"]);
  assertMatch(none, /^PrivateDevices=yes$/m);
  assert(!/video/.test(none));
});

Deno.test("a system unit has the one right that a low port needs, or none", () => {
  assertMatch(textOf(["-p", "80"]), /^CapabilityBoundingSet=CAP_NET_BIND_SERVICE$/m);
  assertMatch(textOf(["-p", "80"]), /^AmbientCapabilities=CAP_NET_BIND_SERVICE$/m);
  for (const port of ["0", "1024", "8765"]) {
    assertMatch(textOf(["-p", port]), /^CapabilityBoundingSet=$/m);
  }
});

Deno.test("a system unit has its socket in a folder that systemd makes", () => {
  const text = textOf(["--unix", "/run/wscam/a.sock"]);
  assertMatch(text, /^RuntimeDirectory=wscam$/m);
  assertMatch(text, /^UMask=0000$/m);
  const error = assertThrows(() => textOf(["--unix", "/var/www/a.sock"]), UsageError);
  assertMatch(error.message, /'--unix' must be like \/run\/wscam\/wscam.sock$/);
  assertStringIncludes(textOf(["--unix", "/home/me/a.sock"], { user: true }), "/home/me/a.sock");
});

Deno.test("a system unit shows files of hidden folders to the service", () => {
  const setting = { execPath: "/home/a b/deno", checkout: "file:///root/wscam/main.ts" };
  const text = textOf(["-c", "/tmp/a.mp4", "-c", "/srv/b.mp4"], setting);
  assertMatch(text, /^BindReadOnlyPaths="-\/home\/a b\/deno" -\/root\/wscam\/ -\/tmp\/a.mp4$/m);
  assertMatch(text, /^Environment=DENO_DIR=\/var\/lib\/wscam$/m);
  assertMatch(
    text,
    /^ExecStart=:"\/home\/a b\/deno" run -A --v8-flags=--max-semi-space-size=1 --no-prompt --quiet \/root\/wscam\/main.ts serve --camera/m,
  );
  assert(!textOf([]).includes("BindReadOnlyPaths"));
});

Deno.test("a system unit reads files that are renewed, wherever they lie", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/archive`);
  await Deno.writeTextFile(`${folder}/archive/creds1`, "");
  await Deno.mkdir(`${folder}/live`);
  await Deno.symlink("../archive/creds1", `${folder}/live/creds`);
  const text = textOf(["--nats-creds", `${folder}/live/creds`]);
  // Folders, for another file may take the place of this one.
  assertMatch(text, new RegExp(`^BindReadOnlyPaths=-${folder}/live -${folder}/archive$`, "m"));
  assertMatch(text, new RegExp(`--nats-creds=${folder}/live/creds --`, "m"));
  assertMatch(text, /^CapabilityBoundingSet=CAP_DAC_READ_SEARCH$/m);
  assertMatch(text, /^AmbientCapabilities=CAP_DAC_READ_SEARCH$/m);
  assertMatch(text, /^InaccessiblePaths=-\/etc\/shadow /m);
  assert(!text.includes("LoadCredential"));
  await Deno.remove(folder, { recursive: true });
  assert(!textOf([]).includes("InaccessiblePaths"));
  assertMatch(
    textOf(["-p", "443", "--cert", "/a/c", "--key", "/a/k"]),
    /^AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_DAC_READ_SEARCH$/m,
  );
});

Deno.test("systemdPlan() warns of a file whose folder the service must not see", () => {
  const { unit, warnings } = plan(["--nats-creds", "/root/creds"]);
  assertMatch(unit.text, /^BindReadOnlyPaths=-\/root\/creds$/m);
  assertMatch(warnings.join(), /^\/root\/creds: the service sees only this file of \/root/);
  assertEquals(plan(["--nats-creds", "/etc/creds"]).warnings, []);
});

Deno.test("systemdPlan() keeps passwords in a file of their owner", () => {
  const args = ["-c", "rtsp://me:secret@host/x"];
  for (const [user, path] of [[false, "/etc"], [true, "/home/me/.config"]] as const) {
    const { unit, secrets } = plan(args, { user });
    assertEquals(secrets, {
      path: `${path}/wscam/wscam.env`,
      text: 'WSCAM_CAMERA="rtsp://me:secret@host/x"\n',
      mode: 0o600,
    });
    assertMatch(unit.text, new RegExp(`^EnvironmentFile=${path}/wscam/wscam.env$`, "m"));
    assert(!unit.text.includes("secret"));
  }
  assertEquals(plan([]).secrets, undefined);
});

Deno.test("a user unit has only what works without root", () => {
  const text = textOf(["-c", "0"], { user: true });
  assert(!/Protect|Private|Dynamic|Device|Supplementary|Capabilit|Bind/.test(text), text);
  assertMatch(text, /^WantedBy=default.target$/m);
  assertEquals(plan([], { user: true }).unit.path, "/home/me/.config/systemd/user/wscam.service");
});
