import { dirname } from "node:path";
import type { ServiceConfig } from "../../config.ts";
import { printable } from "../../log.ts";
import { removeFile, writeWhole } from "./files.ts";
import type { ServiceManager, ServiceManagerOptions } from "./manager.ts";
import { mustRun } from "./run.ts";
import { systemdPaths, systemdPlan } from "./systemd_plan.ts";
import { systemdStatus } from "./systemd_status.ts";
import { CACHE_DIR, UNIT } from "./systemd_unit.ts";

/** What a program has said is in the journal a moment after it was said. */
const JOURNAL_TRIES = 10;
const JOURNAL_WAIT_MS = 100;

/** A service that systemd keeps running: one of the system, or one of a user. */
export function systemdManager(
  config: ServiceConfig,
  { program, run, uid, say }: ServiceManagerOptions,
): ServiceManager {
  const { user } = config;
  const scope = user ? ["--user"] : [];
  const paths = systemdPaths(config);
  const logs = `journalctl ${[...scope, "-u", "wscam"].join(" ")}`;

  function systemctl(action: string, ...args: string[]): Promise<string> {
    return mustRun(run, ["systemctl", ...scope, ...args], `${action} service`);
  }

  async function journal(...args: string[]): Promise<string> {
    return (await run("journalctl", ["--no-pager", "-o", "cat", ...args])).stdout;
  }

  /** Its own words, which begin with the addresses that viewers can use. */
  async function firstWords(): Promise<string> {
    const pid = await systemctl("look at", "show", "--value", "--property=MainPID", UNIT);
    for (let tries = 0; tries < JOURNAL_TRIES; tries++) {
      const words = await journal("--since=-1min", `_PID=${pid.trim()}`);
      if (words !== "") return words;
      await new Promise((resolve) => setTimeout(resolve, JOURNAL_WAIT_MS));
    }
    return "";
  }

  async function reach(action: string): Promise<void> {
    if (!user && uid !== 0) {
      const self = program.command.map((word) => /\s/.test(word) ? `'${word}'` : word).join(" ");
      throw new Error(
        `Cannot ${action} a service of the system: only root may: sudo ${self} service ${action}` +
          " with the same options; or take one of your own with '--user'",
      );
    }
    await systemctl("reach systemd for the", "show", "--property=Version");
  }

  async function install(): Promise<number> {
    const plan = systemdPlan(config, program);
    await reach("install");
    if (!user && program.module !== undefined) await download(program.module);
    if (plan.secrets) await writeWhole(plan.secrets);
    else await removeFile(paths.secrets);
    await writeWhole(plan.unit);
    await systemctl("load", "daemon-reload");
    await systemctl("enable", "enable", UNIT);
    if (program.warning) say(program.warning);
    // It waits until the program says that it is ready.
    const { code, stderr } = await run("systemctl", [...scope, "restart", UNIT]);
    if (code !== 0) {
      say(`${UNIT} is installed but doesn't start: ${stderr.trim()}\n${await journal(
        ...["-n", "8", user ? "--user-unit" : "--unit", UNIT],
      )}systemd tries again for ever; '${logs} -f' shows how it goes`);
      return 1;
    }
    say(`${await firstWords()}${UNIT} is installed, and runs. What it says: ${logs} -f`);
    if (user) say("It ends when you log out, unless this is run once: loginctl enable-linger");
    return 0;
  }

  /** A service of the system doesn't see our downloads, and may have no network when it starts. */
  async function download(module: string): Promise<void> {
    const [deno = ""] = program.command;
    const command = ["env", `DENO_DIR=${CACHE_DIR}`, deno, "cache", "--quiet", module] as const;
    await mustRun(run, [...command], "download what the service needs");
  }

  async function uninstall(): Promise<number> {
    const isThere = await Deno.lstat(paths.unit).then(() => true, () => false);
    if (!isThere) {
      say(`Nothing to remove: there is no ${paths.unit}`);
      return 0;
    }
    await reach("uninstall");
    await systemctl("stop", "disable", "--now", UNIT);
    // Older systems know no 'clean', and there may be nothing to clean.
    if (!user) await run("systemctl", ["clean", "--what=all", UNIT]);
    await removeFile(paths.unit);
    if (await removeFile(paths.secrets)) await removeFile(dirname(paths.secrets));
    await systemctl("forget", "daemon-reload");
    await run("systemctl", [...scope, "reset-failed", UNIT]);
    say(`${UNIT} is stopped and removed`);
    return 0;
  }

  return {
    install,
    uninstall,
    print: () => {
      const { unit, secrets } = systemdPlan(config, program);
      return { text: unit.text, note: secrets && `Passwords would be in ${secrets.path}` };
    },
    status: async () => {
      const { lines, isRunning } = await systemdStatus({ scope, run, unit: paths.unit });
      say(lines.map(printable).join("\n"));
      return isRunning ? 0 : 1;
    },
  };
}
