/** A part of a program's file in memory that holds what the file holds. */
export interface ProgramPart {
  /** Its address. */
  start: bigint;
  /** Its length in bytes. */
  size: bigint;
}

/** A part of a program's file, as smaps lists it. */
interface ListedPart extends ProgramPart {
  /** Its offset in the file. */
  offset: bigint;
  isWritable: boolean;
  /** Whether none of its pages was written to, whether it is in memory or was moved to swap. */
  isClean: boolean;
}

/** The first line of a part in smaps: addresses, rights, offset, device, inode and path. */
const HEAD = /^([0-9a-f]+)-([0-9a-f]+) r([-w])[-x]p ([0-9a-f]+) \S+ \d+ +(.+)$/;

/**
 * The parts of this program that can be read from its file again at any time; none if they aren't
 * known.
 */
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
 * The parts of a program that can be read from its file again at any time: code and constants, where
 * the system loaded them. They stay there until the process ends, and nobody writes to them.
 *
 * Others only look like that. The linker has written to the parts that begin with its data, and
 * programs make some of those read-only later. V8 maps the code of its builtins once more for each
 * isolate, and a stack trace of Rust's maps the whole file: once those are unmapped, anything may be
 * at their addresses.
 *
 * @param smaps `/proc/PID/smaps`
 * @param path the program, as the link `/proc/PID/exe` names it
 */
export function programParts(smaps: string, path: string): ProgramPart[] {
  const listed = smaps.split(/\n(?=[0-9a-f]+-)/).flatMap((text) => readPart(text, path));
  // Only the system maps it to be written to: code and constants precede that, from its first byte.
  const end = listed.findIndex(({ isWritable }) => isWritable);
  const begin = listed.findLastIndex(({ offset }, index) => offset === 0n && index < end);
  if (begin < 0) return [];
  return listed.slice(begin, end).filter(({ isClean }) => isClean)
    .map(({ start, size }) => ({ start, size }));
}

function readPart(text: string, path: string): ListedPart[] {
  const [head = ""] = text.split("\n", 1);
  const [, from, to, right, at, name] = head.match(HEAD) ?? [];
  if (name !== path) return [];
  const start = BigInt(`0x${from}`);
  return [{
    start,
    size: BigInt(`0x${to}`) - start,
    offset: BigInt(`0x${at}`),
    isWritable: right === "w",
    isClean: /^Anonymous: +0 kB$/m.test(text) && /^Swap: +0 kB$/m.test(text),
  }];
}
