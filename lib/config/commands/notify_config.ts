import { type Environment, ownVariable } from "../options/read_options.ts";

/** How to tell the service manager how we are (sd_notify(3), sd_watchdog_enabled(3)). */
export interface NotifyConfig {
  /** A Unix datagram socket: a path, or `@` and an abstract name. */
  readonly socket: string;
  /** We are ended unless we say that we are well once in so many milliseconds. */
  readonly watchdogMs: number | undefined;
}

/** The variables by which a service manager tells a program about itself. */
const NOTIFY_VARIABLES = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] as const;

/** The length of a Unix socket's address, its last byte 0 (unix(7)). */
const MAX_SOCKET_BYTES = 107;

/**
 * Reads how to reach the service manager, and takes it out of the environment, so that no program that
 * we start speaks in our name.
 */
export function takeNotify(): NotifyConfig | undefined {
  const config = readNotify(ownVariable, Deno.pid);
  for (const name of NOTIFY_VARIABLES) Deno.env.delete(name);
  return config;
}

/** Reads what a service manager has put into the environment of process `pid`, if it has. */
export function readNotify(env: Environment, pid: number): NotifyConfig | undefined {
  const socket = env("NOTIFY_SOCKET") ?? "";
  const bytes = new TextEncoder().encode(socket).length;
  if (!/^[/@]./s.test(socket) || bytes > MAX_SOCKET_BYTES) return undefined;
  const isForUs = (env("WATCHDOG_PID") ?? String(pid)) === String(pid);
  const us = env("WATCHDOG_USEC") ?? "";
  const isSet = isForUs && /^[1-9]\d{0,14}$/.test(us);
  return { socket, watchdogMs: isSet ? Number(us) / 1000 : undefined };
}
