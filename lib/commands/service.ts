import type { ServiceConfig } from "../config/commands/service_config.ts";
import { writeStderr, writeStdout } from "../log.ts";
import { arrange } from "./service/arrange.ts";
import { LaunchdManager } from "./service/launchd/launchd.ts";
import type { ServiceManager, ServiceManagerOptions } from "./service/manager.ts";
import { findProgram, runningFacts } from "./service/program.ts";
import { runProgram } from "./service/run.ts";
import { SystemdManager } from "./service/systemd/systemd.ts";
import { scheduleCommand } from "./service/task_scheduler.ts";

/** The system that {@linkcode service} works on; tests replace it. */
export interface ServiceOptions extends Partial<ServiceManagerOptions> {
  /** The system. @default {Deno.build.os} */
  os?: typeof Deno.build.os;
}

/**
 * Installs, removes, shows or checks the service that runs `serve`.
 *
 * @returns the exit status
 * @throws {Error} when the system fails to do it
 */
export async function service(
  config: ServiceConfig,
  {
    os = Deno.build.os,
    program = findProgram(runningFacts()),
    run = runProgram,
    uid = Deno.uid(),
    say = (text) => writeStdout(`${text}\n`),
  }: ServiceOptions = {},
): Promise<number> {
  const manager = managerOf(config, { os, program, run, uid, say });
  switch (config.action) {
    case "install":
      return await manager.install();
    case "uninstall":
      return await manager.uninstall();
    case "status":
      return await manager.status();
    case "print": {
      const { text, note } = manager.print();
      writeStdout(text);
      if (note !== undefined) writeStderr(note);
      return 0;
    }
  }
}

function managerOf(
  config: ServiceConfig,
  { os, ...options }: ServiceManagerOptions & { os: typeof Deno.build.os },
): ServiceManager {
  if (os === "linux") return new SystemdManager(config, options);
  if (os === "darwin") return new LaunchdManager(config, options);
  const { args } = arrange(config.given);
  const command = scheduleCommand([...options.program.command, "serve", ...args]);
  throw new Error(
    // PowerShell parses quotation marks differently.
    "Services are for Linux and macOS; on Windows the Task Scheduler starts wscam when you log on, once you have " +
      `typed this into a Command Prompt (cmd) that runs as administrator: ${command}`,
  );
}
