import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { writeChecksums } from "../../scripts/release/checksums.ts";
import { testWith } from "../testutil/needs.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/install.sh", import.meta.url));
/** What the script runs besides the shell. */
const PROGRAMS = ["uname", "getconf", "mkdir", "mktemp", "rm", "sed", "cut", "chmod", "mv", "id"];
const NAMES = ["linux-x86_64", "linux-aarch64", "macos-x86_64", "macos-aarch64"];
const ignore = Deno.build.os === "windows";
/** The user "nobody". */
const NOBODY = 65_534;

interface Setting extends AsyncDisposable {
  /** The folder that is served. */
  files: string;
  home: string;
  /** What is on PATH. */
  bin: string;
  env: Record<string, string>;
}

interface SettingOptions {
  /** Programs on PATH. */
  with?: string[];
  /** Spoils what is sent. */
  tamper?: (name: string, bytes: Uint8Array<ArrayBuffer>) => BodyInit | undefined;
}

/** A release on a server, and a machine with few programs and an empty home. */
async function createSetting(
  { with: more = ["curl", "sha256sum"], tamper = (_, bytes) => bytes }: SettingOptions = {},
): Promise<Setting> {
  const folder = await Deno.makeTempDir();
  const [files, home, bin] = [`${folder}/files`, `${folder}/home`, `${folder}/bin`];
  for (const each of [files, home, bin]) await Deno.mkdir(each);
  // The checkout may lie where nobody but its owner can read it.
  await Deno.copyFile(SCRIPT, `${home}/../install.sh`);
  for (const name of NAMES) {
    await Deno.writeTextFile(`${files}/wscam-${name}`, `#!/bin/sh\necho "wscam 1.2.3 ${name}"\n`);
  }
  await writeChecksums(files);
  for (const name of [...PROGRAMS, ...more]) {
    await Deno.symlink(await pathOf(name), `${bin}/${name}`);
  }
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const name = new URL(request.url).pathname.slice(1);
    const bytes = tamper(name, Deno.readFileSync(`${files}/${name}`));
    return bytes ? new Response(bytes) : new Response("none", { status: 404 });
  });
  const { port } = server.addr;
  return {
    files,
    home,
    bin,
    env: {
      HOME: home,
      PATH: bin,
      WSCAM_BASE_URL: `http://127.0.0.1:${port}`,
      // Not the /usr/local/bin of whoever runs the tests.
      WSCAM_INSTALL_DIR: `${home}/.local/bin`,
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function pathOf(name: string): Promise<string> {
  const { stdout } = await new Deno.Command("/bin/sh", { args: ["-c", `command -v ${name}`] })
    .output();
  return new TextDecoder().decode(stdout).trim();
}

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
  /** What is in the folder that it installs into. */
  left: string[];
}

async function install(
  { env, home }: Setting,
  { shell = ["/bin/sh"] }: { shell?: string[] } = {},
): Promise<Outcome> {
  const [command = "", ...args] = shell;
  const child = new Deno.Command(command, {
    args: [...args, `${home}/../install.sh`],
    env,
    clearEnv: true,
    stdin: "null",
  });
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
    left: listFolder(`${home}/.local/bin`),
  };
}

function listFolder(path: string): string[] {
  try {
    return Array.from(Deno.readDirSync(path), ({ name }) => name);
  } catch {
    return [];
  }
}

/** A `uname` of another machine. */
async function pretend({ bin }: Setting, system: string, processor: string): Promise<void> {
  await Deno.remove(`${bin}/uname`);
  const script = `#!/bin/sh\n[ "$1" = -s ] && echo ${system} || echo ${processor}\n`;
  await Deno.writeTextFile(`${bin}/uname`, script, { mode: 0o755 });
}

async function assertInstalls(shell: string[]): Promise<void> {
  await using setting = await createSetting();
  await pretend(setting, "Linux", "x86_64");
  const { code, stdout, stderr, left } = await install(setting, { shell });
  assertEquals([code, stderr, left], [0, "", ["wscam"]]);
  assertStringIncludes(stdout, "Installed wscam 1.2.3 linux-x86_64 as");
  assertStringIncludes(stdout, `${setting.home}/.local/bin is not on your PATH`);
  assertStringIncludes(stdout, "Cameras need ffmpeg, which is not installed: sudo apt install");
}

Deno.test({ name: "install.sh installs with sh", ignore, fn: () => assertInstalls(["/bin/sh"]) });
testWith(["bash"], "install.sh installs with bash", () => assertInstalls(["/bin/bash"]));
testWith(["dash"], "install.sh installs with dash", () => assertInstalls(["/bin/dash"]));
testWith(
  ["busybox"],
  "install.sh installs with busybox",
  () => assertInstalls(["/bin/busybox", "sh"]),
);

Deno.test({
  name: "install.sh takes the executable of the system and processor",
  ignore,
  async fn(t) {
    const machines = [
      ["Linux", "x86_64", "linux-x86_64"],
      ["Linux", "aarch64", "linux-aarch64"],
      ["Darwin", "x86_64", "macos-x86_64"],
      ["Darwin", "arm64", "macos-aarch64"],
    ] as const;
    for (const [system, processor, target] of machines) {
      await t.step(target, async () => {
        await using setting = await createSetting();
        await pretend(setting, system, processor);
        const { code, stdout } = await install(setting);
        assertEquals(code, 0);
        assertStringIncludes(stdout, `Installed wscam 1.2.3 ${target} as`);
      });
    }
    await t.step("Rosetta", async () => {
      await using setting = await createSetting();
      await pretend(setting, "Darwin", "x86_64");
      await Deno.writeTextFile(`${setting.bin}/sysctl`, "#!/bin/sh\necho 1\n", { mode: 0o755 });
      assertStringIncludes((await install(setting)).stdout, "wscam 1.2.3 macos-aarch64");
    });
  },
});

Deno.test({
  name: "install.sh says which machines have no executable",
  ignore,
  async fn(t) {
    const machines = [
      ["Linux", "armv7l", /32-bit ARM \(armv7l\) has no executable: a Raspberry Pi 3 or later/],
      ["Linux", "riscv64", /no executable for processors of the kind riscv64/],
      ["FreeBSD", "amd64", /no executable for FreeBSD/],
      ["MINGW64_NT-10.0", "x86_64", /use PowerShell/],
    ] as const;
    for (const [system, processor, message] of machines) {
      await t.step(`${system} ${processor}`, async () => {
        await using setting = await createSetting();
        await pretend(setting, system, processor);
        const { code, stderr, left } = await install(setting);
        assertEquals([code, left], [1, []]);
        assertMatch(stderr, message);
      });
    }
    await t.step("musl", async () => {
      await using setting = await createSetting();
      await pretend(setting, "Linux", "x86_64");
      await Deno.mkdir(`${setting.home}/lib`);
      await Deno.writeTextFile(`${setting.home}/lib/ld-musl-x86_64.so.1`, "");
      setting.env.WSCAM_ROOT = setting.home;
      const { code, stderr, left } = await install(setting);
      assertEquals([code, left], [1, []]);
      assertMatch(stderr, /this system has musl in place of glibc/);
    });
  },
});

Deno.test({
  name: "install.sh installs nothing of a download that isn't right",
  ignore,
  async fn(t) {
    const wrong: [string, SettingOptions["tamper"], RegExp][] = [
      [
        "damaged",
        (name, bytes) => name === "SHA256SUMS" ? bytes : bytes.map((b) => b ^ 1),
        /damaged/,
      ],
      ["cut", (name, bytes) => name === "SHA256SUMS" ? bytes : bytes.slice(0, 9), /damaged/],
      [
        "missing",
        (name, bytes) => name === "SHA256SUMS" ? bytes : undefined,
        /can't be downloaded/,
      ],
      [
        "no checksums",
        (name, bytes) => name === "SHA256SUMS" ? undefined : bytes,
        /SHA256SUMS can't/,
      ],
      [
        "not listed",
        (name, bytes) => name === "SHA256SUMS" ? bytes.slice(0, 70) : bytes,
        /not list/,
      ],
    ];
    for (const [name, tamper, message] of wrong) {
      await t.step(name, async () => {
        await using setting = await createSetting({ ...(tamper ? { tamper } : {}) });
        await pretend(setting, "Linux", "x86_64");
        await Deno.mkdir(`${setting.home}/.local/bin`, { recursive: true });
        await Deno.writeTextFile(`${setting.home}/.local/bin/wscam`, "the one before");
        const { code, stderr, left } = await install(setting);
        assertEquals([code, left], [1, ["wscam"]]);
        assertMatch(stderr, message);
        const kept = await Deno.readTextFile(`${setting.home}/.local/bin/wscam`);
        assertEquals(kept, "the one before");
      });
    }
  },
});

Deno.test({
  name: "install.sh takes nothing over plain http but from this machine",
  ignore,
  async fn(t) {
    await using setting = await createSetting({ with: ["sha256sum"] });
    await pretend(setting, "Linux", "x86_64");
    // What would be downloaded: nothing may be asked for.
    const script = '#!/bin/sh\necho "$@" >> "$HOME/asked"\nexit 7\n';
    await Deno.writeTextFile(`${setting.bin}/curl`, script, { mode: 0o755 });
    const asked = `${setting.home}/asked`;
    const refused = [
      ...[
        "http://example.org",
        "HTTP://example.org/files",
        "http://192.168.1.9:8000",
        "example.org",
      ],
      ...["http://localhost.example.org", "http://127.example.org", "http://127.0.0.1@example.org"],
      ...[
        "http://127.0.0.1:80@example.org/",
        "http://[::1].example.org",
        "ftp://127.0.0.1",
        "http://",
      ],
      ...[
        "http://127.0.0.1\\@example.org",
        "http://1270.0.0.1",
        "http://0x7f.1",
        "http://[::2]:80",
      ],
      ...[" https://example.org", "file://example.org/x", "http://example.org#http://127.0.0.1"],
    ];
    for (const url of refused) {
      await t.step(`not ${url}`, async () => {
        const { code, stderr, left } = await install({
          ...setting,
          env: { ...setting.env, WSCAM_BASE_URL: url },
        });
        assertEquals([code, left], [1, []]);
        assertMatch(
          stderr,
          /must begin with https:\/\/ \(http:\/\/ is for this machine alone\), got /,
        );
        assertEquals(listFolder(setting.home).includes("asked"), false);
      });
    }
    const taken = [
      ...["https://example.org/files", "HTTPS://example.org", "https://u:p@example.org:8443/x"],
      ...["http://127.0.0.1:9/x", "http://127.1.2.3", "http://localhost", "http://localhost:80/x/"],
      ...["http://[::1]:8080", "http://[::1]", "file:///mnt/wscam"],
    ];
    for (const url of taken) {
      await t.step(url, async () => {
        const { code, left } = await install({
          ...setting,
          env: { ...setting.env, WSCAM_BASE_URL: url },
        });
        assertEquals([code, left], [1, []]);
        const words = (await Deno.readTextFile(asked)).trim();
        assertEquals(words.endsWith(`${url.replace(/\/$/, "")}/SHA256SUMS`), true, words);
        assertStringIncludes(words, "--proto-redir =https");
        await Deno.remove(asked);
      });
    }
  },
});

Deno.test({
  name: "install.sh does nothing when it arrives in part",
  ignore,
  async fn() {
    await using setting = await createSetting();
    const whole = await Deno.readTextFile(SCRIPT);
    for (const part of [0.3, 0.6, 0.9]) {
      const text = whole.slice(0, Math.floor(part * whole.length));
      await new Deno.Command("/bin/sh", {
        args: ["-c", text],
        env: setting.env,
        clearEnv: true,
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).output();
      assertEquals(listFolder(setting.home), []);
    }
  },
});

testWith(["wget"], "install.sh works with wget where there is no curl", async () => {
  await using setting = await createSetting({ with: ["wget", "sha256sum"] });
  await pretend(setting, "Linux", "x86_64");
  const { code, left } = await install(setting);
  assertEquals([code, left], [0, ["wscam"]]);
});

Deno.test({
  name: "install.sh says which programs it lacks",
  ignore,
  async fn(t) {
    const lacking: [string[], RegExp][] = [
      [["sha256sum"], /neither curl nor wget/],
      [["curl"], /neither sha256sum nor shasum/],
    ];
    for (const [programs, message] of lacking) {
      await t.step(programs.join(), async () => {
        await using setting = await createSetting({ with: programs });
        await pretend(setting, "Linux", "x86_64");
        const { code, stderr, left } = await install(setting);
        assertEquals([code, left], [1, []]);
        assertMatch(stderr, message);
      });
    }
  },
});

Deno.test({
  name: "install.sh says how the folder gets on PATH, in the words of the user's shell",
  ignore,
  async fn(t) {
    const cases = [
      ["Linux", "/bin/bash", /^ {2}echo 'export PATH="\/.*\/bin:\$PATH"' >> ~\/\.bashrc$/m],
      ["Darwin", "/bin/bash", / >> ~\/\.bash_profile$/m],
      ["Darwin", "/bin/zsh", / >> ~\/\.zshrc$/m],
      ["Linux", "/usr/bin/fish", /^ {2}fish_add_path "\/.*\/bin"$/m],
      ["Linux", "", / >> ~\/\.profile$/m],
    ] as const;
    for (const [system, shell, wanted] of cases) {
      await t.step(`${system} ${shell}`, async () => {
        await using setting = await createSetting();
        await pretend(setting, system, "x86_64");
        setting.env.SHELL = shell;
        const { code, stdout } = await install(setting);
        assertEquals(code, 0);
        assertMatch(stdout, wanted);
      });
    }
    await t.step("nothing where it is there, but which wscam comes before", async () => {
      await using setting = await createSetting();
      await pretend(setting, "Linux", "x86_64");
      await Deno.writeTextFile(`${setting.bin}/wscam`, "#!/bin/sh\n", { mode: 0o755 });
      setting.env.PATH += `:${setting.home}/.local/bin`;
      const { stdout } = await install(setting);
      assertStringIncludes(
        stdout,
        `${setting.bin}/wscam comes first on your PATH: remove that one`,
      );
      assertStringIncludes(stdout, "Try it: wscam --camera test");
      await Deno.remove(`${setting.bin}/wscam`);
      const again = await install(setting);
      assertEquals([again.code, again.left], [0, ["wscam"]], "over the one that is there");
      assertEquals(again.stdout.includes("PATH"), false, again.stdout);
    });
  },
});

Deno.test({
  name: "install.sh gives commands that can be pasted, whatever the folder is called",
  ignore,
  async fn() {
    await using setting = await createSetting();
    await pretend(setting, "Linux", "x86_64");
    const folder = `${setting.home}/it's "my" $HOME \\ \`folder\``;
    setting.env.WSCAM_INSTALL_DIR = folder;
    const { code, stdout, stderr } = await install(setting);
    assertEquals([code, stderr], [0, ""]);
    const [, add = ""] = stdout.match(/^ {2}(echo .*)$/m) ?? [];
    const [, tryIt = ""] = stdout.match(/^Try it: (.*)$/m) ?? [];
    const paste = `${add}; . "$HOME/.profile"; command -v wscam; ${tryIt}`;
    const shell = await new Deno.Command("/bin/sh", {
      args: ["-c", paste],
      env: setting.env,
      clearEnv: true,
      stdin: "null",
    }).output();
    assertEquals(
      new TextDecoder().decode(shell.stdout),
      `${folder}/wscam\nwscam 1.2.3 linux-x86_64\n`,
    );
  },
});

Deno.test({
  name: "install.sh installs into a folder that is named from here, with CDPATH too",
  ignore,
  async fn() {
    await using setting = await createSetting();
    await pretend(setting, "Linux", "x86_64");
    await Deno.mkdir(`${setting.home}/elsewhere/.local/bin`, { recursive: true });
    setting.env.WSCAM_INSTALL_DIR = ".local/bin";
    setting.env.CDPATH = `${setting.home}/elsewhere`;
    const shell = ["/bin/sh", "-c", `cd ${setting.home} && exec /bin/sh "$0"`];
    const { code, stderr, left } = await install(setting, { shell });
    assertEquals([code, stderr, left], [0, "", ["wscam"]]);
  },
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const) {
  Deno.test({
    name: `install.sh leaves nothing behind when it is interrupted by ${signal}`,
    ignore: Deno.build.os !== "linux",
    fn: () => interrupt(signal),
  });
}

Deno.test({
  name: "install.sh leaves nothing behind when nobody reads what it says",
  ignore,
  async fn() {
    await using setting = await createSetting();
    await pretend(setting, "Linux", "x86_64");
    const shell = ["/bin/sh", "-c", '{ /bin/sleep 0.5; exec /bin/sh "$0"; } | :'];
    const { left } = await install(setting, { shell });
    assertEquals(left, []);
  },
});

async function interrupt(signal: Deno.Signal): Promise<void> {
  const { promise: isUnderWay, resolve } = Promise.withResolvers<void>();
  await using setting = await createSetting({
    tamper(name, bytes) {
      if (name === "SHA256SUMS") return bytes;
      return new ReadableStream({
        start(controller) {
          controller.enqueue(bytes.slice(0, 5));
          resolve();
        },
      });
    },
  });
  await pretend(setting, "Linux", "x86_64");
  // As on a terminal, where Ctrl+C reaches all that run.
  const child = new Deno.Command("/usr/bin/setsid", {
    args: ["/bin/sh", SCRIPT],
    env: setting.env,
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await isUnderWay;
  Deno.kill(-child.pid, signal);
  const { success } = await child.status;
  assertEquals([success, listFolder(`${setting.home}/.local/bin`)], [false, []]);
}

Deno.test({
  name: "install.sh installs for a user who is nobody in particular",
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
  async fn() {
    await using setting = await createSetting();
    await pretend(setting, "Linux", "x86_64");
    delete setting.env.WSCAM_INSTALL_DIR;
    await Deno.chmod(`${setting.home}/..`, 0o755);
    await Deno.chown(setting.home, NOBODY, NOBODY);
    const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
    const shell = ["/usr/bin/setpriv", ...user, "/bin/sh"];
    const { code, stdout, stderr, left } = await install(setting, { shell });
    assertEquals([code, stderr, left], [0, "", ["wscam"]]);
    assertStringIncludes(stdout, `Try it: ${setting.home}/.local/bin/wscam --camera test`);
  },
});
