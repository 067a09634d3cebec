import { assertEquals } from "@std/assert";
import { readNotify } from "../../../lib/config/commands/notify_config.ts";

function read(variables: Record<string, string>): ReturnType<typeof readNotify> {
  return readNotify((name) => variables[name], 7);
}

Deno.test("readNotify() reads a socket and how often to say that we are well", () => {
  const NOTIFY_SOCKET = "/run/systemd/notify";
  assertEquals(read({ NOTIFY_SOCKET }), { socket: NOTIFY_SOCKET, watchdogMs: undefined });
  assertEquals(read({ NOTIFY_SOCKET: "@name", WATCHDOG_USEC: "30000000" }), {
    socket: "@name",
    watchdogMs: 30_000,
  });
});

Deno.test("readNotify() leaves a watchdog to the process that it is for", () => {
  const set = { NOTIFY_SOCKET: "/x", WATCHDOG_USEC: "2000000" };
  assertEquals(read({ ...set, WATCHDOG_PID: "7" })?.watchdogMs, 2000);
  assertEquals(read({ ...set, WATCHDOG_PID: "8" })?.watchdogMs, undefined);
});

Deno.test("readNotify() takes nothing that it can't use", () => {
  for (const NOTIFY_SOCKET of ["", "x", "/", "@", "vsock:2:9", `/${"x".repeat(107)}`]) {
    assertEquals(read({ NOTIFY_SOCKET }), undefined);
  }
  for (const WATCHDOG_USEC of ["", "0", "-1", "1e3", "x", "9".repeat(20)]) {
    assertEquals(read({ NOTIFY_SOCKET: "/x", WATCHDOG_USEC })?.watchdogMs, undefined);
  }
});
