import { wscamArgs } from "./wscam.ts";

const UNSHARE = ["--mount", "--propagation", "private"];
/** A megabyte of memory as a disk, which nobody else sees, and which goes with the program. */
const MOUNT = 'mount -t tmpfs -o size=1m none "$0" && exec "$@"';

/** Why there can be no small disk here; `undefined` if there can. */
export function smallDiskProblem(): string | undefined {
  if (Deno.build.os !== "linux") return "a small disk needs Linux";
  const args = [...UNSHARE, "sh", "-c", MOUNT, "/mnt", "true"];
  const isThere = Deno.uid() === 0 && new Deno.Command("unshare", { args }).outputSync().success;
  return isThere ? undefined : "a small disk needs root, and mount";
}

/** What came of {@linkcode watchOnSmallDisk}. */
export interface WatchEnded {
  code: number;
  stderr: string;
}

/** Runs `wscam watch --save` until the disk of 1 MB is full that it saves to; ends it if it doesn't end. */
export async function watchOnSmallDisk(url: string, withinMs = 60_000): Promise<WatchEnded> {
  const dir = await Deno.makeTempDir({ prefix: "wscam-small-" });
  const save = wscamArgs("watch", url, "--save", `${dir}/pictures`);
  const process = new Deno.Command("unshare", {
    args: [...UNSHARE, "sh", "-c", MOUNT, dir, Deno.execPath(), ...save],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => process.kill("SIGKILL"), withinMs);
  const { code, stderr } = await process.output();
  clearTimeout(timer);
  await Deno.remove(dir, { recursive: true });
  return { code, stderr: new TextDecoder().decode(stderr) };
}
