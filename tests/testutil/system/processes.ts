/** Whether a process is there and no zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

export interface ChildrenOptions {
  /** Their children too. @default {false} */
  deep?: boolean;
}

/** The processes that a process has started and that still run (Linux). */
export async function childrenOf(
  pid: number,
  { deep = false }: ChildrenOptions = {},
): Promise<number[]> {
  const children: number[] = [];
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    const text = await Deno.readTextFile(`/proc/${pid}/task/${name}/children`).catch(() => "");
    children.push(...text.split(" ").filter((each) => each !== "").map(Number));
  }
  const own = children.filter(isAlive);
  if (!deep) return own;
  // Some may have ended meanwhile.
  const theirs = own.map((child) => childrenOf(child, { deep }).catch(() => []));
  return [...own, ...(await Promise.all(theirs)).flat()];
}

/**
 * The ffmpegs of this process whose command line has a text in it (Linux): give them one that no other
 * test has, since tests that run at the same time are one process.
 */
export async function ffmpegsWith(text: string): Promise<number[]> {
  const children = await childrenOf(Deno.pid, { deep: true });
  return children.filter((pid) => {
    try {
      const line = Deno.readTextFileSync(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
      return /^\S*ffmpeg /.test(line) && line.includes(text);
    } catch {
      return false;
    }
  });
}

/** All memory that a process holds, in bytes (Linux). */
export function residentOf(pid: number): number {
  return memoryOf(pid).resident;
}

/** The memory that a process alone holds, in bytes (Linux): pages of its program come and go. */
export function ownMemoryOf(pid: number): number {
  return memoryOf(pid).own;
}

/** The parts of a process's memory, in bytes. */
export interface Memory {
  /** All that it holds. */
  resident: number;
  /** Pages of files among it: of the program itself, and of libraries. */
  files: number;
  /** The remaining processes, which are its own. */
  own: number;
}

/** The memory that a process holds (Linux). */
export function memoryOf(pid: number): Memory {
  const text = Deno.readTextFileSync(`/proc/${pid}/status`);
  const field = (name: string): number =>
    Number(text.match(new RegExp(`^${name}:\\s+(\\d+) kB`, "m"))?.[1]) * 1024;
  return {
    resident: field("VmRSS"),
    files: field("RssFile") + field("RssShmem"),
    own: field("RssAnon"),
  };
}

/** Clock ticks a second, as the kernel reports processor time to programs on every Linux. */
const TICKS = 100;

/** The processor time that a process has used, in seconds (Linux). */
export function cpuSecondsOf(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
