import { dirname } from "node:path";
import type { ServiceConfig } from "../../../config/commands/service_config.ts";
import { printable } from "../../../log.ts";
import { provideDownloads } from "../downloads.ts";
import { removeFile, writeWhole } from "../files.ts";
import type { ServiceManager, ServiceManagerOptions } from "../manager.ts";
import { mustRun } from "../run.ts";
import { type SystemdPaths, systemdPaths, systemdPlan } from "./systemd_plan.ts";
import { systemdStatus } from "./systemd_status.ts";
import { DENO_DIR, STATE_DIR, UNIT } from "./systemd_unit.ts";

/** A program's output reaches the journal with a short delay. */
const JOURNAL_TRIES = 10;
const JOURNAL_WAIT_MS = 100;
/** How much is said about a service that doesn't start: the end of its output. */
const LAST_LINES = "8";

/** A service that systemd keeps running: a system service or a user service. */
export class SystemdManager implements ServiceManager {
  readonly #config: ServiceConfig;
  readonly #options: ServiceManagerOptions;
  readonly #paths: SystemdPaths;
  /** The scope of systemd. */
  readonly #scope: readonly string[];

  constructor(config: ServiceConfig, options: ServiceManagerOptions) {
    this.#config = config;
    this.#options = options;
    this.#paths = systemdPaths(config);
    this.#scope = config.user ? ["--user"] : [];
  }

  /** See {@linkcode ServiceManager}. */
  async install(): Promise<number> {
    const { program, run, say } = this.#options;
    const plan = systemdPlan(this.#config, program);
    await this.#reach("install");
    if (!this.#config.user && program.module !== undefined) {
      const [deno = ""] = program.command;
      // The service can't see our downloads, and must not write to its own: the code it runs
      // belongs to root.
      await provideDownloads(program.module, { deno, folder: DENO_DIR, run });
    }
    if (plan.secrets) await writeWhole(plan.secrets);
    else await removeFile(this.#paths.secrets);
    await writeWhole(plan.unit);
    await this.#systemctl("daemon-reload");
    await this.#systemctl("enable", UNIT);
    for (const warning of [program.warning ?? [], plan.warnings].flat()) say(warning);
    // This waits until the program reports that it is ready.
    const { code, stderr } = await run("systemctl", [...this.#scope, "restart", UNIT]);
    return code === 0 ? await this.#tellSuccess() : await this.#tellFailure(stderr);
  }

  /** See {@linkcode ServiceManager}. */
  async uninstall(): Promise<number> {
    const { run, say } = this.#options;
    const { unit, secrets, state } = this.#paths;
    const isThere = await Deno.lstat(unit).then(() => true, () => false);
    if (!isThere) {
      say(`Nothing to remove: there is no ${unit}`);
      return 0;
    }
    await this.#reach("uninstall");
    await this.#systemctl("disable", "--now", UNIT);
    await removeFile(unit);
    const hadState = this.#config.user && await removeFile(state);
    // The user may have put other files into that folder.
    if (await removeFile(secrets) || hadState) {
      await removeFile(dirname(secrets)).catch(() => {});
    }
    if (!this.#config.user) {
      // systemd's state folder of a service is a link into a private folder.
      const folders = [DENO_DIR, `/var/lib/${STATE_DIR}`, `/var/lib/private/${STATE_DIR}`];
      for (const path of folders) await removeFile(path, { recursive: true });
    }
    await this.#systemctl("daemon-reload");
    // This fails if the service never failed; that is fine.
    await run("systemctl", [...this.#scope, "reset-failed", UNIT]);
    say(`${UNIT} is stopped and removed`);
    return 0;
  }

  /** See {@linkcode ServiceManager}. */
  async status(): Promise<number> {
    const { run, say } = this.#options;
    const unit = this.#paths.unit;
    const { lines, isRunning } = await systemdStatus({ scope: this.#scope, run, unit });
    say(lines.map(printable).join("\n"));
    return isRunning ? 0 : 1;
  }

  /** See {@linkcode ServiceManager}. */
  print(): { text: string; note: string | undefined } {
    const { unit, secrets, warnings } = systemdPlan(this.#config, this.#options.program);
    const { warning = [] } = this.#options.program;
    const passwords = secrets ? [`The passwords would be in ${secrets.path}`] : [];
    const notes = [passwords, warning, warnings].flat();
    return { text: unit.text, note: notes.length > 0 ? notes.join("\n") : undefined };
  }

  #systemctl(...args: string[]): Promise<string> {
    const action = `${args[0]} service`;
    return mustRun(this.#options.run, ["systemctl", ...this.#scope, ...args], action);
  }

  async #reach(action: string): Promise<void> {
    const { program, uid, run } = this.#options;
    if (!this.#config.user && uid !== 0) {
      const self = program.command.map((word) => /\s/.test(word) ? `'${word}'` : word).join(" ");
      throw new Error(
        `Cannot ${action} a system service: only root may, so: sudo ${self} service ${action}` +
          " with the same options; or use a service of your own, with '--user'",
      );
    }
    const show = ["systemctl", ...this.#scope, "show", "--property=Version"] as const;
    await mustRun(run, [...show], "reach systemd for the service");
  }

  async #tellSuccess(): Promise<number> {
    const { say } = this.#options;
    say(`${await this.#firstWords()}${UNIT} is installed, and runs. Its log: ${this.#logs}`);
    if (this.#config.user) {
      say("It ends when you log out, unless you run this once: loginctl enable-linger");
    }
    return 0;
  }

  async #tellFailure(reason: string): Promise<number> {
    const ofUnit = [this.#config.user ? "--user-unit" : "--unit", UNIT];
    const lastWords = await this.#journal("-n", LAST_LINES, ...ofUnit);
    this.#options.say(
      `${UNIT} is installed but doesn't start: ${reason.trim()}\n${lastWords}` +
        `systemd keeps trying; its log: ${this.#logs}`,
    );
    return 1;
  }

  get #logs(): string {
    return ["journalctl", ...this.#scope, "-f", "-u", "wscam"].join(" ");
  }

  async #journal(...args: string[]): Promise<string> {
    const { run } = this.#options;
    return (await run("journalctl", ["--quiet", "--no-pager", "-o", "cat", ...args])).stdout;
  }

  /** Its own output, which begins with the addresses for viewers. */
  async #firstWords(): Promise<string> {
    const pid = (await this.#systemctl("show", "--value", "--property=MainPID", UNIT)).trim();
    for (let tries = 0; tries < JOURNAL_TRIES; tries++) {
      const words = await this.#journal("--since=-1min", `_PID=${pid}`);
      if (words !== "") return words;
      await new Promise((resolve) => setTimeout(resolve, JOURNAL_WAIT_MS));
    }
    return "";
  }
}
