/** A process that has a device open. */
export interface Holder {
  /** Its number. */
  pid: number;
  /** What the system calls it. */
  name: string;
}

/** They open devices for others, who would start them again. */
const HELPERS = ["ffmpeg", "sh", "dash", "bash", "busybox"];

/**
 * Who has a device open (Linux), as far as we may know: other users' processes are hidden from us. Of an
 * ffmpeg, the program that has started it is named.
 */
export async function holdersOf(device: string): Promise<Holder[]> {
  const holders = new Map<number, Holder>();
  for (const pid of await numbersIn("/proc")) {
    if (pid === Deno.pid) continue;
    const files = await numbersIn(`/proc/${pid}/fd`);
    const targets = await Promise.all(
      files.map((file) => Deno.readLink(`/proc/${pid}/fd/${file}`).catch(() => "")),
    );
    if (!targets.includes(device)) continue;
    const holder = await masterOf(pid);
    holders.set(holder.pid, holder);
  }
  return [...holders.values()];
}

/** The process itself, or the one that it works for. */
async function masterOf(pid: number): Promise<Holder> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  const [, name = "a program"] = status.match(/^Name:\t(.+)$/m) ?? [];
  const parent = Number(status.match(/^PPid:\t(\d+)$/m)?.[1]);
  return HELPERS.includes(name) && parent > 1 ? await masterOf(parent) : { pid, name };
}

/** The entries of a folder that are numbers; none where we may not look, or it is gone. */
async function numbersIn(folder: string): Promise<number[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  return entries.map(({ name }) => Number(name)).filter(Number.isInteger);
}
