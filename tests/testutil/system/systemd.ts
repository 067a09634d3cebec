import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { runs } from "../../../scripts/needs/probe.ts";
import { eventually } from "../eventually.ts";
import { childrenOf } from "./processes.ts";

/** The result of a program in there. */
export interface SystemdOutput {
  code: number;
  /** Its stdout, then its stderr. */
  text: string;
}

/** A systemd that really runs, with processes, devices and files of its own. */
export interface Systemd extends AsyncDisposable {
  /** Runs a program in there, as root. */
  run(command: string, ...args: string[]): Promise<SystemdOutput>;
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const BOOT = fileURLToPath(new URL("systemd/boot.sh", import.meta.url));
const INIT = "/lib/systemd/systemd";

/** Says why no systemd can be booted on this machine; `undefined` if one can. */
export function systemdProblem(): string | undefined {
  if (Deno.build.os !== "linux") return "systemd needs Linux";
  if (Deno.uid() !== 0) return "booting systemd needs root";
  if (!runs("test", "-x", INIT)) return "systemd is not installed";
  if (cgroupRoot() === undefined) return "booting systemd needs control groups of version 2";
  const apart = ["--mount", "--pid", "--fork", "--cgroup", "--uts", "--ipc"];
  const probe = "mount -t tmpfs tmpfs /mnt && mount -t proc proc /proc && mknod /mnt/null c 1 3";
  return runs(
      "setpriv",
      "--pdeathsig",
      "KILL",
      "unshare",
      ...apart,
      "--propagation",
      "private",
      "sh",
      "-c",
      probe,
    )
    ? undefined
    : "booting systemd needs namespaces of our own";
}

/** Boots one; it ends, whatever happens, with this process or with `await using`. */
export async function startSystemd(): Promise<Systemd> {
  const group = `${cgroupRoot()}/wscam-test-${crypto.randomUUID()}`;
  await Deno.mkdir(group);
  const denoDir = await findDenoDir();
  const boot = new Deno.Command("bash", {
    args: [BOOT, group, ROOT, dirname(Deno.execPath()), denoDir],
    // It ends with this pipe, and so with this process, however that ends.
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let init: number | undefined;
  async function run(...command: string[]): Promise<SystemdOutput> {
    const { code, stdout, stderr } = await new Deno.Command("nsenter", {
      args: ["-t", String(init), "-m", "-p", "-C", "-u", "-i", "--", ...command],
      env: {
        NO_COLOR: "1",
        HOME: "/root",
        DENO_DIR: denoDir,
        XDG_RUNTIME_DIR: "/run/user/0",
        XDG_CONFIG_HOME: "",
        XDG_CACHE_HOME: "",
      },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
  }

  const systemd: Systemd = {
    run,
    async [Symbol.asyncDispose]() {
      await boot.stdin.close();
      await boot.status;
    },
  };
  try {
    init = await eventually(async () => {
      // One may end while it is looked at.
      const children = await childrenOf(boot.pid, { deep: true }).catch(() => []);
      return children.find((pid) => nameOf(pid) === "systemd");
    }, { what: "the first process of systemd" });
    await eventually(async () => {
      const { text } = await run("systemctl", "is-active", "wscam-test.target");
      return text.startsWith("active");
    }, { what: "a systemd that has booted" });
  } catch (error) {
    await systemd[Symbol.asyncDispose]();
    throw error;
  }
  return systemd;
}

/** The folder of this Deno's downloads, which are not fetched again in there. */
async function findDenoDir(): Promise<string> {
  const args = ["info", "--json"];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, stdin: "null" }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

/** The folder of control groups version 2: by itself, or beside those of version 1. */
function cgroupRoot(): string | undefined {
  return ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]
    .find((path) => runs("test", "-w", `${path}/cgroup.procs`) && isVersion2(path));
}

function nameOf(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/comm`).trim();
  } catch {
    return "";
  }
}

function isVersion2(path: string): boolean {
  const mounts = Deno.readTextFileSync("/proc/mounts").split("\n");
  return mounts.some((line) => line.includes(` ${path} cgroup2 `));
}
