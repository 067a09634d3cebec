import { mustRun, type Run } from "../run.ts";
import { UNIT } from "./systemd_unit.ts";

/** How a service is. */
export interface ServiceStatus {
  /** In words. */
  readonly lines: readonly string[];
  /** Whether it runs. */
  readonly isRunning: boolean;
}

export interface SystemdStatusOptions {
  /** The scope of systemd: `--user`, or none for the system's. */
  scope: readonly string[];
  /** Runs programs of the system. */
  run: Run;
  /** The unit's path. */
  unit: string;
}

const PROPERTIES =
  "LoadState,ActiveState,SubState,UnitFileState,StatusText,ActiveEnterTimestamp,NRestarts,MainPID";

/** Asks systemd for the state of the service. */
export async function systemdStatus(
  { scope, run, unit }: SystemdStatusOptions,
): Promise<ServiceStatus> {
  const show = ["systemctl", ...scope, "show", `--property=${PROPERTIES}`, UNIT] as const;
  const text = await mustRun(run, [...show], "look at service");
  const facts = new Map(
    text.split("\n").map((line) => {
      const [key = "", ...value] = line.split("=");
      return [key, value.join("=")];
    }),
  );
  const fact = (name: string): string => facts.get(name) ?? "";
  if (fact("LoadState") === "not-found") {
    return {
      lines: [`${UNIT} is not installed: 'wscam service install' installs it`],
      isRunning: false,
    };
  }
  const isRunning = fact("ActiveState") === "active";
  const restarts = Number(fact("NRestarts"));
  const since = isRunning
    ? ` since ${fact("ActiveEnterTimestamp")}, process ${fact("MainPID")}`
    : "";
  const again = restarts > 0 ? `, restarted ${restarts === 1 ? "once" : `${restarts} times`}` : "";
  const lines = [
    `${UNIT} is ${fact("ActiveState")} (${fact("SubState")})${since}${again}`,
    ...(fact("StatusText") === "" ? [] : [`  ${fact("StatusText")}`]),
    `  ${fact("UnitFileState")}, as in ${unit}`,
    ...await commandLines(unit),
  ];
  return { lines, isRunning };
}

async function commandLines(unit: string): Promise<string[]> {
  const text = await Deno.readTextFile(unit).catch(() => "");
  return text.split("\n").flatMap((line) => {
    const [, value] = line.match(/^(?:ExecStart=:|EnvironmentFile=)(.*)/) ?? [];
    return value === undefined ? [] : [`  ${value}`];
  });
}
