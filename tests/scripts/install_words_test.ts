import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createSetting, ignore, install, listFolder, pretend, SCRIPT } from "./install_setting.ts";

/** The user "nobody". */
const NOBODY = 65_534;

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
