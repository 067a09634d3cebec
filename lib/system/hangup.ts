import { openLibc } from "./libc.ts";

/** Its number, here and on macOS. */
const SIGHUP = 1;
/** `SIG_IGN` of signal(2), here and on macOS. */
const IGNORE = 1n;

/**
 * Whether this program was started so that it outlives its terminal, as `nohup` does it. Deno doesn't
 * tell, and forgets it with the first signal that is listened for: to be asked before that.
 */
export function outlivesTerminal(): boolean {
  using libc = openLibc("signal");
  if (libc === undefined) return false;
  const before = libc.calls.signal(SIGHUP, IGNORE);
  libc.calls.signal(SIGHUP, before);
  return before === IGNORE;
}
