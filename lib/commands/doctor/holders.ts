/** A process that has a device open. */
export interface Holder {
  /** Its number. */
  pid: number;
  /** What the system calls it. */
  name: string;
}

/** Who has a device open (Linux), as far as we may know: other users' processes are hidden from us. */
export async function holdersOf(device: string): Promise<Holder[]> {
  const holders: Holder[] = [];
  for (const pid of await numbersIn("/proc")) {
    if (pid === Deno.pid) continue;
    const files = await numbersIn(`/proc/${pid}/fd`);
    const targets = await Promise.all(
      files.map((file) => Deno.readLink(`/proc/${pid}/fd/${file}`).catch(() => "")),
    );
    if (!targets.includes(device)) continue;
    const name = await Deno.readTextFile(`/proc/${pid}/comm`).catch(() => "");
    holders.push({ pid, name: name.trim() || "a program" });
  }
  return holders;
}

/** The entries of a folder that are numbers; none where we may not look, or it is gone. */
async function numbersIn(folder: string): Promise<number[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  return entries.map(({ name }) => Number(name)).filter(Number.isInteger);
}
