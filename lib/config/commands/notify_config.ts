import { type Environment, ownVariable } from "../options/read_options.ts";

/** How to inform the service manager (sd_notify(3), sd_watchdog_enabled(3)). */
export interface NotifyConfig {
  /** A Unix datagram socket: a path, or `@` and an abstract name. */
  readonly socket: string;
  /** wscam is killed unless it reports that all is well this often, in milliseconds. */
  readonly watchdogMs: number | undefined;
}

/** The variables by which a service manager passes this on. */
const NOTIFY_VARIABLES = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] as const;

/** The length of a Unix socket's address, including its final 0 byte (unix(7)). */
const MAX_SOCKET_BYTES = 107;

/**
 * Reads how to reach the service manager, and removes it from the environment, so that child
 * processes can't speak for wscam.
 */
export function takeNotify(): NotifyConfig | undefined {
  const config = readNotify(ownVariable, Deno.pid);
  for (const name of NOTIFY_VARIABLES) Deno.env.delete(name);
  return config;
}

/** Reads the service manager's variables for process `pid`, if there are any. */
export function readNotify(env: Environment, pid: number): NotifyConfig | undefined {
  const socket = env("NOTIFY_SOCKET") ?? "";
  const bytes = new TextEncoder().encode(socket).length;
  if (!/^[/@]./s.test(socket) || bytes > MAX_SOCKET_BYTES) return undefined;
  const isForUs = (env("WATCHDOG_PID") ?? String(pid)) === String(pid);
  const us = env("WATCHDOG_USEC") ?? "";
  const isSet = isForUs && /^[1-9]\d{0,14}$/.test(us);
  return { socket, watchdogMs: isSet ? Number(us) / 1000 : undefined };
}
