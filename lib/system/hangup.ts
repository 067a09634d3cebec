import { openLibc } from "./libc.ts";

/** Its number, here and on macOS. */
const SIGHUP = 1;
/** `SIG_IGN` of signal(2), here and on macOS. */
const IGNORE = 1n;

/**
 * Whether this program was started to outlive its terminal, as `nohup` does. Deno doesn't tell, and
 * changes it with the first signal listener: call this before that.
 */
export function outlivesTerminal(): boolean {
  using libc = openLibc("signal");
  if (libc === undefined) return false;
  const before = libc.calls.signal(SIGHUP, IGNORE);
  libc.calls.signal(SIGHUP, before);
  return before === IGNORE;
}
