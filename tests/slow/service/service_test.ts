import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { sleep } from "../../../lib/time/sleep.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { startSystemd, type Systemd } from "../../testutil/system/systemd.ts";
import { wscamArgs } from "../../testutil/program/wscam.ts";

/** Arguments that systemd would take for something else, were they not quoted. */
const ODD = `odd "camera" 'of' %h $HOME \${HOME}; ü`;
const LOCAL = ["--camera", "test", "--host", "127.0.0.1", "--port", "0"];

function wscam(systemd: Systemd, ...args: string[]): ReturnType<Systemd["run"]> {
  return systemd.run(Deno.execPath(), ...wscamArgs("service", ...args));
}

/** A property of the service, as systemd knows it. */
async function property(systemd: Systemd, name: string, ...scope: string[]): Promise<string> {
  const args = [...scope, "show", "--value", `--property=${name}`, "wscam.service"];
  return (await systemd.run("systemctl", ...args)).text.trim();
}

async function commandOf(systemd: Systemd, ...scope: string[]): Promise<string[]> {
  const pid = await property(systemd, "MainPID", ...scope);
  const { text } = await systemd.run("cat", `/proc/${pid}/cmdline`);
  return text.split("\0").slice(0, -1);
}

testWith(
  ["booted systemd"],
  "service install runs a hardened service of the system, until uninstall",
  async (t) => {
    await using systemd = await startSystemd();

    await t.step("nothing is there at first", async () => {
      assertEquals(await wscam(systemd, "status"), {
        code: 1,
        text: "wscam.service is not installed: 'wscam service install' installs it\n",
      });
      const { code, text } = await wscam(systemd, "uninstall");
      assertEquals(code, 0, text);
      assertMatch(text, /^Nothing to remove: /);
    });

    await t.step("a viewer gets pictures, and the service may do little else", async () => {
      const { code, text } = await wscam(systemd, "install", "--", ...LOCAL, "-c", ODD);
      assertEquals(code, 0, text);
      assertMatch(text, /wscam.service is installed, and runs/);
      const [, url = ""] = text.match(/WebSocket (ws:\/\/127\.0\.0\.1:\d+)/) ?? [];
      {
        await using viewer = await openViewer(url);
        await eventually(() => viewer.images().length > 3);
      }
      const pid = await property(systemd, "MainPID");
      const status = await systemd.run("cat", `/proc/${pid}/status`);
      assertMatch(status.text, /^NoNewPrivs:\t1$/m);
      assertMatch(status.text, /^CapBnd:\t0+$/m);
      // A user that systemd made (61184 to 65519); without nss-systemd its number has no name.
      assertMatch(status.text, /^Uid:\t6[1-5]\d{3}\t/m);
      assertEquals(await property(systemd, "User"), "wscam");
    });

    await t.step("its command line is what was given", async () => {
      const command = await commandOf(systemd);
      assertEquals(command.slice(0, 3), [Deno.execPath(), "run", "-A"]);
      assertEquals(command.slice(command.indexOf("serve")), [
        "serve",
        "--camera=test",
        `--camera=${ODD}`,
        "--port=0",
        "--host=127.0.0.1",
        "--state-file=/var/lib/wscam-state/state.json",
      ]);
    });

    await t.step("status tells how it is", async () => {
      const { code, text } = await wscam(systemd, "status");
      assertEquals(code, 0, text);
      assertMatch(
        text,
        /^wscam.service is active \(running\) since .+, process \d+\n {2}\d camera/,
      );
      assertStringIncludes(text, "--camera=test");
    });

    await t.step("installed again, it has the new options", async () => {
      const { code, text } = await wscam(systemd, "install", "--", ...LOCAL, "--fps", "5");
      assertEquals(code, 0, text);
      const command = await commandOf(systemd);
      assertEquals(command.slice(command.indexOf("serve") + 1), [
        "--camera=test",
        "--fps=5",
        "--port=0",
        "--host=127.0.0.1",
        "--state-file=/var/lib/wscam-state/state.json",
      ]);
      // The one that ran until then was ended by systemd, not by what was copied into its folder.
      const { text: log } = await systemd.run("journalctl", "-u", "wscam", "--output=cat");
      assertStringIncludes(log, "wscam.service: Deactivated successfully");
      assertEquals(log.match(/Main process exited.*/)?.[0], undefined);
    });

    await t.step("a password is nowhere to be seen", async () => {
      const door = 'door=rtsp://me:se%40cr"e$t@127.0.0.1:9/x';
      const { code, text } = await wscam(systemd, "install", "--", ...LOCAL, "-c", door);
      assertEquals(code, 0, text);
      const unit = await systemd.run("cat", "/etc/systemd/system/wscam.service");
      const status = await wscam(systemd, "status");
      for (const seen of [text, unit.text, status.text, ...await commandOf(systemd)]) {
        assert(!seen.includes('cr"e'), seen);
      }
      const mode = await systemd.run("stat", "-c", "%a %U", "/etc/wscam/wscam.env");
      assertEquals(mode.text.trim(), "600 root");
      const pid = await property(systemd, "MainPID");
      const { text: variables } = await systemd.run("cat", `/proc/${pid}/environ`);
      assertStringIncludes(variables, `WSCAM_CAMERA=test,${door}\0`);
    });

    await t.step("one that hangs is restarted", async () => {
      const folder = "/etc/systemd/system/wscam.service.d";
      const text = "[Service]\\nWatchdogSec=3\\nTimeoutStopSec=1\\n";
      await systemd.run("sh", "-c", `mkdir ${folder}; printf '${text}' >${folder}/quick.conf`);
      assertEquals((await systemd.run("systemctl", "daemon-reload")).code, 0);
      assertEquals((await systemd.run("systemctl", "restart", "wscam")).code, 0);
      const pid = await property(systemd, "MainPID");
      // Twice as long as it may be silent; that nothing happens can only be waited for.
      await sleep(6000, new AbortController().signal);
      assertEquals(await property(systemd, "MainPID"), pid, "it is well, and stays");
      assertEquals((await systemd.run("kill", "-STOP", pid)).code, 0);
      await eventually(async () =>
        await property(systemd, "MainPID") !== pid &&
        await property(systemd, "ActiveState") === "active"
      );
      assert(Number(await property(systemd, "NRestarts")) >= 1);
      assertMatch((await wscam(systemd, "status")).text, /, restarted (once|\d+ times)\n/);
    });

    await t.step("uninstall leaves nothing", async () => {
      const { code, text } = await wscam(systemd, "uninstall");
      assertEquals(code, 0, text);
      const parts =
        "/etc/systemd/system/{,*.wants/}wscam.service /etc/wscam /var/lib/wscam /run/wscam /var/lib/{,private/}wscam-state";
      const left = await systemd.run("bash", "-c", `ls -d ${parts} 2>/dev/null`);
      assertEquals(left.text, "");
      assertEquals(await property(systemd, "ActiveState"), "inactive");
      assertEquals((await wscam(systemd, "uninstall")).code, 0);
    });
  },
);

testWith(["booted systemd"], "service install says why a service doesn't start", async () => {
  await using systemd = await startSystemd();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const args = ["--camera", "test", "--host", "127.0.0.1", "--port", String(port)];
  const { code, text } = await wscam(systemd, "install", "--", ...args);
  assertEquals(code, 1);
  assertStringIncludes(text, `Cannot listen on 127.0.0.1:${port}: it is in use`);
  assertEquals((await wscam(systemd, "status")).code, 1);
});

testWith(
  ["booted systemd"],
  "service install --unix makes a socket that others may use",
  async () => {
    await using systemd = await startSystemd();
    const args = ["--camera", "test", "--unix", "/run/wscam/wscam.sock"];
    const { code, text } = await wscam(systemd, "install", "--", ...args);
    assertEquals(code, 0, text);
    const { text: mode } = await systemd.run("stat", "-L", "-c", "%A", "/run/wscam/wscam.sock");
    assertEquals(mode.trim(), "srwxrwxrwx");
  },
);

testWith(["booted systemd"], "service --user runs a service of the user", async () => {
  await using systemd = await startSystemd();
  // Logging in does this.
  await systemd.run("mkdir", "-p", "-m", "700", "/run/user/0");
  const environment = ["--setenv=XDG_RUNTIME_DIR=/run/user/0", "--setenv=HOME=/root"];
  await systemd.run(
    ...["systemd-run", "--quiet", "--property=Delegate=yes", ...environment] as const,
    "/lib/systemd/systemd",
    "--user",
  );
  await eventually(async () => {
    const { text } = await systemd.run("systemctl", "--user", "is-active", "default.target");
    return text.startsWith("active");
  });
  const installed = await wscam(systemd, "install", "--user", "--", ...LOCAL);
  assertEquals(installed.code, 0, installed.text);
  assertMatch(installed.text, /WebSocket ws:\/\/127\.0\.0\.1:\d+/);
  const status = await wscam(systemd, "status", "--user");
  assertEquals(status.code, 0, status.text);
  const command = await commandOf(systemd, "--user");
  assertEquals(command.slice(command.indexOf("serve")), [
    "serve",
    "--camera=test",
    "--port=0",
    "--host=127.0.0.1",
    "--state-file=/root/.config/wscam/state.json",
  ]);
  await systemd.run(
    "sh",
    "-c",
    "mkdir -p /root/.config/wscam; cp /dev/null /root/.config/wscam/state.json",
  );
  assertEquals((await wscam(systemd, "uninstall", "--user")).code, 0);
  assertEquals((await systemd.run("ls", "-d", "/root/.config/wscam")).code, 2);
  assertEquals((await wscam(systemd, "status", "--user")).code, 1);
  assertEquals(await property(systemd, "ActiveState", "--user"), "inactive");
});

testWith(
  ["booted systemd", "ffmpeg"],
  "a service of the system plays a film that lies in a folder hidden from it",
  async () => {
    await using systemd = await startSystemd();
    const film = "/root/hidden/a film.mp4";
    const make = [
      "ffmpeg",
      "-v",
      "error",
      "-f",
      "lavfi",
      "-i",
      "testsrc2=s=320x240:r=20:d=1",
      film,
    ];
    const made = await systemd.run("sh", "-c", 'mkdir -m 700 /root/hidden; "$0" "$@"', ...make);
    assertEquals(made, { code: 0, text: "" });
    const args = ["--camera", film, "--host", "127.0.0.1", "--port", "0", "--encoder", "ffmpeg"];
    const { code, text } = await wscam(systemd, "install", "--", ...args);
    assertEquals(code, 0, text);
    const [, url = ""] = text.match(/WebSocket (ws:\/\/127\.0\.0\.1:\d+)/) ?? [];
    await using viewer = await openViewer(url);
    await eventually(() => viewer.images().length > 3);
    assertEquals(viewer.errors(), []);
  },
);
