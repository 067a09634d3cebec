/** A part of a program's file in memory that holds what the file holds. */
export interface ProgramPart {
  /** Its address. */
  start: bigint;
  /** Its length in bytes. */
  size: bigint;
}

/** The first line of a part in smaps: addresses, rights, offset, device, inode and path. */
const HEAD = /^([0-9a-f]+)-([0-9a-f]+) r-[-x]p \S+ \S+ \d+ +(.+)$/;

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
 * @param smaps `/proc/PID/smaps`
 * @param path the program, as the link `/proc/PID/exe` names it
 */
export function programParts(smaps: string, path: string): ProgramPart[] {
  return smaps.split(/\n(?=[0-9a-f]+-)/).flatMap((part) => {
    const [head = ""] = part.split("\n", 1);
    const [, start, end, name] = head.match(HEAD) ?? [];
    if (name !== path || !/^Anonymous: +0 kB$/m.test(part)) return [];
    const from = BigInt(`0x${start}`);
    return [{ start: from, size: BigInt(`0x${end}`) - from }];
  });
}
