/** A part of a program's file in memory that holds what the file holds. */
export interface ProgramPart {
  /** Its address. */
  start: bigint;
  /** Its length in bytes. */
  size: bigint;
}

/** The first line of a part in smaps: addresses, rights, offset, device, inode and path. */
const HEAD = /^([0-9a-f]+)-([0-9a-f]+) r-[-x]p ([0-9a-f]+) \S+ \d+ +(.+)$/;

/** A segment lies at most this far above where its offset in the file would place it. */
const SHIFT = 0x100_0000n;

/** The parts of this program that can be read from its file again at any time; none where that isn't known. */
export function ownParts(): ProgramPart[] {
  try {
    return programParts(
      Deno.readTextFileSync("/proc/self/smaps"),
      Deno.readLinkSync("/proc/self/exe"),
    );
  } catch {
    return [];
  }
}

/**
 * The parts of a program that can be read from its file again at any time: code and constants. The linker has
 * written to others when it started, although they are only read since: their pages are in no file.
 *
 * Only the copy that the linker loaded stays where it is. V8 maps the code of its builtins once more for each
 * isolate; after a worker has ended, anything may be at that address.
 *
 * @param smaps `/proc/PID/smaps`
 * @param path the program, as the link `/proc/PID/exe` names it
 */
export function programParts(smaps: string, path: string): ProgramPart[] {
  const parts = smaps.split(/\n(?=[0-9a-f]+-)/).flatMap((part) => {
    const [head = ""] = part.split("\n", 1);
    const [, start, end, offset, name] = head.match(HEAD) ?? [];
    if (name !== path) return [];
    const [from, to, at] = [start, end, offset].map((digits) => BigInt(`0x${digits}`));
    if (from === undefined || to === undefined || at === undefined) return [];
    const isClean = /^Anonymous: +0 kB$/m.test(part);
    return [{ start: from, size: to - from, offset: at, isClean }];
  });
  // The file's beginning is loaded once: no isolate needs it.
  const base = parts.find(({ offset }) => offset === 0n)?.start;
  if (base === undefined) return [];
  return parts
    .filter(({ start, offset, isClean }) => {
      const shift = start - offset - base;
      return isClean && shift >= 0n && shift <= SHIFT;
    })
    .map(({ start, size }) => ({ start, size }));
}
