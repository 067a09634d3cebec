import { printable } from "../../log.ts";

/** A program that has a device open. */
export interface Holder {
  /** Its process. */
  pid: number;
  /** Its name according to the system, made printable. */
  name: string;
  /** The process id of the wscam that started it, if one did. */
  wscam: number | undefined;
}

/** At most this many programs are named. */
const MAX_NAMED = 3;
/** The name of the shell that guards wscam's ffmpeg: child.ts. */
const GUARD_NAME = "wscam-guard";

/**
 * The programs that have a device open, as far as the system lets us see (Linux). Devices are
 * compared by number, so another node for it, or a name below another root folder, is the same
 * device.
 */
export async function holdersOf(device: string): Promise<Holder[]> {
  const target = await identify(device);
  if (target === undefined) return [];
  const holders: Holder[] = [];
  for (const pid of await processes()) {
    if (await holds(pid, target)) holders.push(await describe(pid));
  }
  return holders.sort((a, b) => a.pid - b.pid);
}

/** Names the programs that use a device, in words that precede its name: `obs (pid 12) uses`. */
export function nameHolders(holders: readonly Holder[], ownPid: number): string {
  if (holders.some(({ wscam }) => wscam === ownPid)) return "another camera of this wscam uses";
  const names = holders.map(({ pid, name, wscam }) => {
    return wscam === undefined ? `${name} (pid ${pid})` : `another wscam (pid ${wscam})`;
  });
  const [first = "another program", ...others] = new Set(names);
  if (others.length === 0) return `${first} uses`;
  const shown = [first, ...others].slice(0, MAX_NAMED);
  return `${shown.join(", ")}${others.length < MAX_NAMED ? "" : " and others"} use`;
}

interface Target {
  path: string;
  rdev: number | null;
}

async function identify(device: string): Promise<Target | undefined> {
  try {
    const [path, { rdev }] = await Promise.all([Deno.realPath(device), Deno.stat(device)]);
    return { path, rdev };
  } catch {
    return undefined;
  }
}

async function processes(): Promise<number[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir("/proc"));
    return entries.map(({ name }) => Number(name)).filter((pid) => pid > 0);
  } catch {
    return [];
  }
}

async function holds(pid: number, target: Target): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (await isDevice(`${folder}/${name}`, target)) return true;
    }
  } catch {
    // It has ended, or belongs to another user.
  }
  return false;
}

async function isDevice(link: string, { path, rdev }: Target): Promise<boolean> {
  try {
    const name = await Deno.readLink(link);
    if (name === path) return true;
    // Only devices are examined: the server of a remote file might not answer.
    if (!name.includes("/dev/") || !rdev) return false;
    const stat = await Deno.stat(link);
    return stat.isCharDevice === true && stat.rdev === rdev;
  } catch {
    return false;
  }
}

async function describe(pid: number): Promise<Holder> {
  const name = printable((await readProc(pid, "comm")).trim()) || "a program";
  const guard = await parentOf(pid);
  const isGuarded = (await readProc(guard, "cmdline")).split("\0").includes(GUARD_NAME);
  return { pid, name, wscam: isGuarded ? await parentOf(guard) : undefined };
}

async function parentOf(pid: number): Promise<number> {
  return Number((await readProc(pid, "status")).match(/^PPid:\s+(\d+)/m)?.[1] ?? 0);
}

function readProc(pid: number, file: string): Promise<string> {
  return Deno.readTextFile(`/proc/${pid}/${file}`).catch(() => "");
}
