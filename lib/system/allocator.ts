/**
 * glibc returns freed memory to the system as soon as 128 KB are free at the end of its heap, and
 * never what is free elsewhere. Each message to a viewer is a buffer of about that size, allocated
 * and freed again. Without this module, the system would map and clear the same pages for every
 * message, which is more than half of a viewer's cost; and memory that many viewers used would stay
 * taken after they left.
 *
 * @module
 */

import { openLibc } from "./libc.ts";

/** The numbers of glibc's `malloc.h`. */
const M_TRIM_THRESHOLD = -1;
const M_MMAP_THRESHOLD = -3;

/** This much free memory is kept. */
const TRIM_BYTES = 16 * 1024 * 1024;
/** Smaller buffers, which includes all messages, come from the heap. */
const MMAP_BYTES = 32 * 1024 * 1024;
/**
 * Memory is returned this long after a viewer has left: others may leave, or come, at the same
 * time.
 */
const GIVE_BACK_MS = 3000;

/** Free memory that is kept for the next message. */
export interface FreedMemory extends Disposable {
  /** Returns it to the system soon. */
  giveBackSoon(): void;
}

/** Keeps freed memory, if the C library is glibc; otherwise changes nothing. */
export function keepFreedMemory(): FreedMemory {
  const libc = openLibc("mallopt", "malloc_trim");
  const { mallopt, malloc_trim: trim } = libc?.calls ?? {};
  if (!mallopt || !trim) {
    libc?.[Symbol.dispose]();
    return { giveBackSoon() {}, [Symbol.dispose]() {} };
  }
  mallopt(M_TRIM_THRESHOLD, TRIM_BYTES);
  mallopt(M_MMAP_THRESHOLD, MMAP_BYTES);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  return {
    giveBackSoon() {
      // A viewer may leave later than the server.
      if (isOver) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        trim(0n);
      }, GIVE_BACK_MS);
    },
    [Symbol.dispose]() {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      libc?.[Symbol.dispose]();
    },
  };
}
