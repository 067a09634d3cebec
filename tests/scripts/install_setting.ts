import { fileURLToPath } from "node:url";
import { writeChecksums } from "../../scripts/release/checksums.ts";

export const SCRIPT = fileURLToPath(new URL("../../scripts/install.sh", import.meta.url));

/** The programs that the script runs besides the shell. */
export const PROGRAMS = [
  "uname",
  "getconf",
  "mkdir",
  "mktemp",
  "rm",
  "sed",
  "cut",
  "chmod",
  "mv",
  "id",
];

export const NAMES = ["linux-x86_64", "linux-aarch64", "macos-x86_64", "macos-aarch64"];

export const ignore = Deno.build.os === "windows";

export interface Setting extends AsyncDisposable {
  /** The folder that is served. */
  files: string;
  home: string;
  /** The folder on PATH. */
  bin: string;
  env: Record<string, string>;
}

export interface SettingOptions {
  /** Programs on PATH. */
  with?: string[];
  /** Spoils what is sent. */
  tamper?: (name: string, bytes: Uint8Array<ArrayBuffer>) => BodyInit | undefined;
}

/** A release on a server, and a machine with few programs and an empty home. */
export async function createSetting(
  { with: more = ["curl", "sha256sum"], tamper = (_, bytes) => bytes }: SettingOptions = {},
): Promise<Setting> {
  const folder = await Deno.makeTempDir();
  const [files, home, bin] = [`${folder}/files`, `${folder}/home`, `${folder}/bin`];
  for (const each of [files, home, bin]) await Deno.mkdir(each);
  // The checkout may be readable only by its owner.
  await Deno.copyFile(SCRIPT, `${home}/../install.sh`);
  for (const name of NAMES) {
    await Deno.writeTextFile(`${files}/wscam-${name}`, `#!/bin/sh\necho "wscam 1.2.3 ${name}"\n`);
  }
  await writeChecksums(files);
  for (const name of [...PROGRAMS, ...more]) {
    await Deno.symlink(await pathOf(name), `${bin}/${name}`);
  }
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const name = new URL(request.url).pathname.slice(1);
    const bytes = tamper(name, Deno.readFileSync(`${files}/${name}`));
    return bytes ? new Response(bytes) : new Response("none", { status: 404 });
  });
  const { port } = server.addr;
  return {
    files,
    home,
    bin,
    env: {
      HOME: home,
      PATH: bin,
      WSCAM_BASE_URL: `http://127.0.0.1:${port}`,
      // Not the /usr/local/bin of the user who runs the tests.
      WSCAM_INSTALL_DIR: `${home}/.local/bin`,
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

export async function pathOf(name: string): Promise<string> {
  const { stdout } = await new Deno.Command("/bin/sh", { args: ["-c", `command -v ${name}`] })
    .output();
  return new TextDecoder().decode(stdout).trim();
}

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
  /** The files in the folder that it installs into. */
  left: string[];
}

export async function install(
  { env, home }: Setting,
  { shell = ["/bin/sh"] }: { shell?: string[] } = {},
): Promise<Outcome> {
  const [command = "", ...args] = shell;
  const child = new Deno.Command(command, {
    args: [...args, `${home}/../install.sh`],
    env,
    clearEnv: true,
    stdin: "null",
  });
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
    left: listFolder(`${home}/.local/bin`),
  };
}

export function listFolder(path: string): string[] {
  try {
    return Array.from(Deno.readDirSync(path), ({ name }) => name);
  } catch {
    return [];
  }
}

/** A `uname` of another machine. */
export async function pretend({ bin }: Setting, system: string, processor: string): Promise<void> {
  await Deno.remove(`${bin}/uname`);
  const script = `#!/bin/sh\n[ "$1" = -s ] && echo ${system} || echo ${processor}\n`;
  await Deno.writeTextFile(`${bin}/uname`, script, { mode: 0o755 });
}
