/**
 * glibc gives freed memory back to the system as soon as 128 KB are free at the end of its heap, and
 * never what is free elsewhere. Each message to a viewer is a buffer of about that size, made and freed
 * again: without this, the system maps and clears the same pages for every message, which is more than
 * half of what a viewer costs; and what many viewers took stays taken when they have left.
 *
 * @module
 */

import { openLibc } from "./libc.ts";

/** The numbers of glibc's `malloc.h`. */
const M_TRIM_THRESHOLD = -1;
const M_MMAP_THRESHOLD = -3;

/** This much free memory is kept. */
const TRIM_BYTES = 16 * 1024 * 1024;
/** Buffers below this, as all messages are, come from the heap. */
const MMAP_BYTES = 32 * 1024 * 1024;
/** Memory is given back so long after a viewer has left: others may leave, or come, at the same time. */
const GIVE_BACK_MS = 3000;

/** Memory that is free, but kept for the next message. */
export interface FreedMemory extends Disposable {
  /** Gives it back to the system before long. */
  giveBackSoon(): void;
}

/** Keeps freed memory, where the C library is glibc; elsewhere nothing is changed. */
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
