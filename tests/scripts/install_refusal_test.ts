import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  createSetting,
  ignore,
  install,
  listFolder,
  pretend,
  SCRIPT,
  type SettingOptions,
} from "./install_setting.ts";

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
    // Stands for the tools that download: nothing may be asked for.
    const script = '#!/bin/sh\necho "$@" >> "$HOME/asked"\nexit 7\n';
    await Deno.writeTextFile(`${setting.bin}/curl`, script, { mode: 0o755 });
    const asked = `${setting.home}/asked`;
    const refused = [
      "http://example.org",
      "HTTP://example.org/files",
      "http://192.168.1.9:8000",
      "example.org",
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
