import { openLibc } from "./libc.ts";

/** The numbers of Linux's `prctl.h`. */
const PR_CAP_AMBIENT = 47;
const PR_CAP_AMBIENT_CLEAR_ALL = 4n;

/**
 * Keeps child processes from inheriting the rights that a service manager has given to wscam:
 * ffmpeg reads what strangers send, and has no need to read root's files (capabilities(7),
 * "ambient").
 */
export function keepCapabilities(): void {
  using libc = openLibc("prctl");
  // Only Linux has it.
  libc?.calls.prctl?.(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0n, 0n, 0n);
}
