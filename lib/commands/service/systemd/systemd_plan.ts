import { dirname } from "node:path";
import { UsageError } from "../../../config/options/usage_error.ts";
import type { ServiceConfig } from "../../../config/commands/service_config.ts";
import { arrange } from "../arrange.ts";
import type { ServiceFile } from "../files.ts";
import type { Program } from "../program.ts";
import { environmentFile } from "./systemd_quote.ts";
import { placesOf, renewalWarning } from "../renewed_files.ts";
import { configPaths } from "../config_paths.ts";
import {
  RUNTIME_DIR,
  STATE_FILE,
  systemUnit,
  type SystemUnitFacts,
  UNIT,
  userUnit,
} from "./systemd_unit.ts";

/** The paths of a service's parts. */
export interface SystemdPaths {
  /** The unit. */
  readonly unit: string;
  /** Passwords and the like, in a folder of its own. */
  readonly secrets: string;
  /** What remote control sets, unless an option names another file. */
  readonly state: string;
}

/** The files of a service. */
export interface SystemdPlan {
  /** The unit. */
  readonly unit: ServiceFile;
  /** Variables with passwords, if there are any. */
  readonly secrets: ServiceFile | undefined;
  /** Notes for the user. */
  readonly warnings: readonly string[];
}

/** The option for what remote control sets, unless it is given. */
function stateArgs(config: ServiceConfig): string[] {
  const isGiven = config.user && config.serve.stateFile !== undefined;
  return isGiven ? [] : [`--state-file=${systemdPaths(config).state}`];
}

/** The first port that everyone may listen on. */
const FIRST_FREE_PORT = 1024;

/** The paths of a service's files, whether they exist or not. */
export function systemdPaths(
  { user, configHome }: Pick<ServiceConfig, "user" | "configHome">,
): SystemdPaths {
  if (!user) {
    const unit = `/etc/systemd/system/${UNIT}`;
    return { unit, secrets: "/etc/wscam/wscam.env", state: STATE_FILE };
  }
  const folder = `${configHome}/wscam`;
  return {
    unit: `${configHome}/systemd/user/${UNIT}`,
    secrets: `${folder}/wscam.env`,
    state: `${folder}/state.json`,
  };
}

/**
 * Plans the files of a service.
 *
 * @throws {UsageError} when a service can't do what an option asks for
 */
export function systemdPlan(config: ServiceConfig, program: Program): SystemdPlan {
  const { user, given } = config;
  if (!user) refuseOtherPlaces(config);
  const arranged = arrange(given);
  const inFile = configPaths(config);
  const renewed = [...arranged.renewed, ...inFile.renewed];
  const secrets = { ...arranged.secrets, ...config.variables };
  const paths = systemdPaths(config);
  const hasSecrets = Object.keys(secrets).length > 0;
  const facts = {
    command: [...program.command, "serve", ...arranged.args, ...stateArgs(config)],
    environmentFile: hasSecrets ? paths.secrets : undefined,
  };
  const reads = [
    ...program.reads,
    ...arranged.files,
    ...inFile.files,
    ...renewed.flatMap(placesOf),
  ];
  const text = user ? userUnit(facts) : systemUnit({
    ...facts,
    ...needsOf(config),
    reads,
    readsRoots: renewed.length > 0,
    hasDeno: program.module !== undefined,
  });
  return {
    unit: { path: paths.unit, text, mode: 0o644 },
    secrets: hasSecrets
      ? { path: paths.secrets, text: environmentFile(secrets), mode: 0o600 }
      : undefined,
    warnings: user ? [] : renewed.flatMap((path) => renewalWarning(path) ?? []),
  };
}

/** A system service may write only to certain places. */
function refuseOtherPlaces({ given, serve: { unix } }: ServiceConfig): void {
  if (unix !== undefined && dirname(unix) !== RUNTIME_DIR) {
    throw new UsageError(
      `A system service makes its socket in ${RUNTIME_DIR}: '--unix' must be like ${RUNTIME_DIR}/wscam.sock`,
    );
  }
  if (given.some(({ option }) => option.name === "state-file")) {
    throw new UsageError(
      `A system service keeps what is set in ${STATE_FILE}: leave '--state-file' out`,
    );
  }
}

/** The requirements of the cameras and the port on the system. */
function needsOf(
  { file, serve: { unix, port, cameras } }: ServiceConfig,
): Pick<SystemUnitFacts, "hasDevices" | "hasLowPort" | "hasSocket"> {
  return {
    // A reloaded file may name one.
    hasDevices: file !== undefined ||
      cameras.some(({ source: { kind } }) => ["index", "device", "name"].includes(kind)),
    hasLowPort: unix === undefined && port > 0 && port < FIRST_FREE_PORT,
    hasSocket: unix !== undefined,
  };
}
