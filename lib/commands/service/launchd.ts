import type { ServiceConfig } from "../../config.ts";
import { arrange } from "./arrange.ts";
import { removeFile, writeWhole } from "./files.ts";
import { LABEL, launchdAgent } from "./launchd_agent.ts";
import type { ServiceManager, ServiceManagerOptions } from "./manager.ts";
import { mustRun } from "./run.ts";

const CAMERA_ADVICE =
  "macOS gives the camera only to programs that a user has allowed: open the page once while you sit " +
  "at this Mac, and allow it; later in System Settings, Privacy & Security, Camera";

/** A service that launchd keeps running in the session of a user: elsewhere there is no camera. */
export function launchdManager(
  { given, home }: ServiceConfig,
  { program, run, uid, say }: ServiceManagerOptions,
): ServiceManager {
  const path = `${home}/Library/LaunchAgents/${LABEL}.plist`;
  const log = `${home}/Library/Logs/wscam.log`;
  const domain = `gui/${uid}`;
  const target = `${domain}/${LABEL}`;
  const agent = (): string => {
    const { args, secrets } = arrange(given);
    return launchdAgent({ command: [...program.command, "serve", ...args], secrets, log });
  };

  function againstRoot(action: string): void {
    if (uid !== 0) return;
    throw new Error(`Cannot ${action} service: it belongs to a user's session, so without sudo`);
  }

  async function install(): Promise<number> {
    const text = agent();
    againstRoot("install");
    // It may hold passwords.
    await writeWhole({ path, text, mode: 0o600 });
    // One that is there already has the old options.
    await run("launchctl", ["bootout", target]);
    await mustRun(run, ["launchctl", "bootstrap", domain, path], "start service");
    if (program.warning) say(program.warning);
    say(`${path} is installed, and runs. What it says, addresses first: tail ${log}`);
    say(CAMERA_ADVICE);
    return 0;
  }

  async function uninstall(): Promise<number> {
    againstRoot("uninstall");
    await run("launchctl", ["bootout", target]);
    const wasThere = await removeFile(path);
    say(wasThere ? `${path} is stopped and removed` : `Nothing to remove: there is no ${path}`);
    return 0;
  }

  async function status(): Promise<number> {
    const { code, stdout } = await run("launchctl", ["print", target]);
    const facts = stdout.split("\n").map((line) => line.trim())
      .filter((line) => /^(state|pid|runs|last exit code) = /.test(line));
    const isRunning = code === 0 && facts.includes("state = running");
    const how = facts.length > 0 ? facts.join(", ") : "not installed: 'service install' does that";
    say(`${LABEL} is ${isRunning ? "running" : "not running"} (${how}); what it says: ${log}`);
    return isRunning ? 0 : 1;
  }

  return { install, uninstall, status, print: () => ({ text: agent(), note: undefined }) };
}
