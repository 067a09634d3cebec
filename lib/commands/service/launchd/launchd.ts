import { dirname } from "node:path";
import type { ServiceConfig } from "../../../config/commands/service_config.ts";
import { arrange } from "../arrange.ts";
import { removeFile, writeWhole } from "../files.ts";
import { LABEL, launchdAgent } from "./launchd_agent.ts";
import type { ServiceManager, ServiceManagerOptions } from "../manager.ts";
import { mustRun } from "../run.ts";

const CAMERA_ADVICE =
  "macOS gives the camera only to programs that a user has allowed: open the page once while you sit " +
  "at this Mac, and allow it; later in System Settings, Privacy & Security, Camera";

/** wscam ends within 3 s. */
const END_TRIES = 25;
const END_WAIT_MS = 200;

/** A service that launchd keeps running in a user's session: cameras are available nowhere else. */
export class LaunchdManager implements ServiceManager {
  readonly #config: ServiceConfig;
  readonly #options: ServiceManagerOptions;
  readonly #path: string;
  readonly #log: string;
  readonly #state: string;
  readonly #domain: string;
  readonly #target: string;

  constructor(config: ServiceConfig, options: ServiceManagerOptions) {
    this.#config = config;
    this.#options = options;
    this.#path = `${config.home}/Library/LaunchAgents/${LABEL}.plist`;
    this.#log = `${config.home}/Library/Logs/wscam.log`;
    this.#state = `${config.home}/Library/Application Support/wscam/state.json`;
    this.#domain = `gui/${options.uid}`;
    this.#target = `${this.#domain}/${LABEL}`;
  }

  /** See {@linkcode ServiceManager}. */
  async install(): Promise<number> {
    const { text } = this.print();
    this.#againstRoot("install");
    const { program, run, say } = this.#options;
    // It may hold passwords.
    await writeWhole({ path: this.#path, text, mode: 0o600 });
    await this.#end();
    await mustRun(run, ["launchctl", "bootstrap", this.#domain, this.#path], "start service");
    if (program.warning) say(program.warning);
    say(`${this.#path} is installed. Its log, addresses first: tail -F ${this.#log}`);
    say(CAMERA_ADVICE);
    return 0;
  }

  /** See {@linkcode ServiceManager}. */
  async uninstall(): Promise<number> {
    this.#againstRoot("uninstall");
    const { say } = this.#options;
    await this.#end();
    // The user may have put other files into that folder.
    if (await removeFile(this.#state)) await removeFile(dirname(this.#state)).catch(() => {});
    const wasThere = await removeFile(this.#path);
    const what = wasThere ? `${this.#path} is stopped and removed` : undefined;
    say(what ?? `Nothing to remove: there is no ${this.#path}`);
    return 0;
  }

  /** See {@linkcode ServiceManager}. */
  async status(): Promise<number> {
    const { run, say } = this.#options;
    const { code, stdout } = await run("launchctl", ["print", this.#target]);
    const facts = stdout.split("\n").map((line) => line.trim())
      .filter((line) => /^(state|pid|runs|last exit code) = /.test(line));
    const isRunning = code === 0 && facts.includes("state = running");
    const how = code === 0
      ? facts.join(", ")
      : "not installed: 'wscam service install' installs it";
    say(
      `${LABEL} is ${isRunning ? "running" : "not running"} (${how}); its log: ${this.#log}`,
    );
    return isRunning ? 0 : 1;
  }

  /** See {@linkcode ServiceManager}. */
  print(): { text: string; note: string | undefined } {
    const { given, variables, serve: { stateFile } } = this.#config;
    const arranged = arrange(given);
    const secrets = { ...arranged.secrets, ...variables };
    const state = `--state-file=${this.#state}`;
    const args = [...arranged.args, ...(stateFile === undefined ? [state] : [])];
    const command = [...this.#options.program.command, "serve", ...args];
    const hasSecrets = Object.keys(secrets).length > 0;
    return {
      text: launchdAgent({ command, secrets, log: this.#log }),
      note: hasSecrets
        ? "It contains passwords: a file of it should be readable by you alone (chmod 600)"
        : undefined,
    };
  }

  /** Ends a running agent and waits until it is gone: launchd won't start a second one. */
  async #end(): Promise<void> {
    const { run } = this.#options;
    const { code } = await run("launchctl", ["bootout", this.#target]);
    for (let tries = 0; code === 0 && tries < END_TRIES; tries++) {
      if ((await run("launchctl", ["print", this.#target])).code !== 0) return;
      await new Promise((resolve) => setTimeout(resolve, END_WAIT_MS));
    }
  }

  #againstRoot(action: string): void {
    if (this.#options.uid !== 0) return;
    throw new Error(
      `Cannot ${action} service: it belongs to a user's session, so run this without sudo`,
    );
  }
}
