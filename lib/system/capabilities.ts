import { openLibc } from "./libc.ts";

/** The numbers of Linux's `prctl.h`. */
const PR_CAP_AMBIENT = 47;
const PR_CAP_AMBIENT_CLEAR_ALL = 4n;

/**
 * Keeps the rights that a service manager has given to this program from every program that it starts:
 * ffmpeg reads what strangers send, and has no need to read the files of root (capabilities(7), "ambient").
 */
export function keepCapabilities(): void {
  using libc = openLibc("prctl");
  // Only Linux has it.
  libc?.calls.prctl?.(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0n, 0n, 0n);
}
