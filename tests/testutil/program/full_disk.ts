import { wscamArgs } from "./wscam.ts";

const UNSHARE = ["--mount", "--propagation", "private"];
/**
 * A megabyte of memory as a disk, which nobody else sees, and which goes with the program. Says at last which
 * files there don't end as a JPEG file does.
 */
const SCRIPT = `mount -t tmpfs -o size=1m none "$0" || exit
"$@"
status=$?
for file in "$0"/*/*; do
  [ "$(tail -c 2 "$file" | od -An -tx1)" = " ff d9" ] || echo "$file"
done
exit $status`;

/** Why there can be no small disk here; `undefined` if there can. */
export function smallDiskProblem(): string | undefined {
  if (Deno.build.os !== "linux") return "a small disk needs Linux";
  return canMount() ? undefined : "a small disk needs root, unshare and mount";
}

function canMount(): boolean {
  const args = [...UNSHARE, "sh", "-c", SCRIPT, "/mnt", "true"];
  try {
    return new Deno.Command("unshare", { args, stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

/** The result of {@linkcode watchOnSmallDisk}. */
export interface WatchEnded {
  code: number;
  /** Files that are not whole pictures. */
  broken: string[];
  stderr: string;
}

/** Runs `wscam watch --save` until the disk of 1 MB is full that it saves to; ends it if it doesn't end. */
export async function watchOnSmallDisk(url: string, seconds = 60): Promise<WatchEnded> {
  const dir = await Deno.makeTempDir({ prefix: "wscam-small-" });
  const watch = [Deno.execPath(), ...wscamArgs("watch", url, "--save", `${dir}/pictures`)];
  const limited = ["timeout", "-s", "KILL", String(seconds), ...watch];
  const { code, stdout, stderr } = await new Deno.Command("unshare", {
    args: [...UNSHARE, "sh", "-c", SCRIPT, dir, ...limited],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  await Deno.remove(dir, { recursive: true });
  const decoder = new TextDecoder();
  // Its own output is JSON.
  const broken = decoder.decode(stdout).split("\n").filter((line) => line.startsWith("/"));
  return { code, stderr: decoder.decode(stderr), broken };
}
