/**
 * glibc returns freed memory to the system as soon as 128 KB are free at the end of its heap, and
 * never what is free elsewhere. Each message to a viewer is a buffer of about that size, allocated
 * and freed again. Without this module, the system would map and clear the same pages for every
 * message, which is more than half of a viewer's cost; and memory that many viewers used would stay
 * taken after they left.
 *
 * The system loads a page of the program's file when it is touched, and keeps it until memory is
 * short. More than half of those pages are used only while the program starts. The process drops all
 * of them: the ones that are still in use come back from the system's cache as soon as they are
 * touched.
 *
 * @module
 */

import { openLibc } from "./libc.ts";
import { ownParts, type ProgramPart } from "./program_pages.ts";

/** The numbers of glibc's `malloc.h`. */
const M_TRIM_THRESHOLD = -1;
const M_MMAP_THRESHOLD = -3;
/** The number of Linux's `mman.h`. */
const MADV_DONTNEED = 4;

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
  /** Returns it to the system soon, together with the pages of the program's file. */
  giveBackSoon(): void;
}

/** Keeps freed memory, if the C library is glibc; otherwise changes nothing. */
export function keepFreedMemory(): FreedMemory {
  const libc = openLibc("madvise", "mallopt", "malloc_trim");
  const { mallopt, malloc_trim: trim, madvise } = libc?.calls ?? {};
  if (!mallopt || !trim || !madvise) {
    libc?.[Symbol.dispose]();
    return { giveBackSoon() {}, [Symbol.dispose]() {} };
  }
  mallopt(M_TRIM_THRESHOLD, TRIM_BYTES);
  mallopt(M_MMAP_THRESHOLD, MMAP_BYTES);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let parts: ProgramPart[] | undefined;
  let isOver = false;
  return {
    giveBackSoon() {
      // A viewer may leave later than the server.
      if (isOver) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        trim(0n);
        // They stay where they are: finding them takes longer than all the rest.
        parts ??= ownParts();
        for (const { start, size } of parts) madvise(start, size, MADV_DONTNEED);
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
