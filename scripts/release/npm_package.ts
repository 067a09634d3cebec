import { fileURLToPath } from "node:url";
import project from "../../deno.json" with { type: "json" };
import { elementScript } from "../../lib/server/element/element_file.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ENTRY = "lib/client/mod.ts";
/** `deno pack` requires a name with a scope. */
const PACKED_AS = "@wscam/client";

/** The same sources give the same file. */
const SAME_BYTES = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--mode=go=rX"];
/** A line of code that imports a module; examples in comments don't. */
const IMPORT = /^(?! \* ).*\bfrom "(\.[^"]+\.js)"/gm;

export interface NpmPackageOptions {
  /** The project's page. */
  homepage: string;
}

/**
 * Writes the npm package `wscam`: `lib/client` as JavaScript with types, and `<wscam-view>`. Deno
 * translates it; modules that nothing imports are left out.
 *
 * @param folder Where the tarball goes.
 * @returns The tarball's path.
 * @throws {Error} If Deno or tar fails.
 */
export async function createNpmPackage(
  folder: string,
  { homepage }: NpmPackageOptions,
): Promise<string> {
  const work = await Deno.makeTempDir({ prefix: "wscam-npm-" });
  try {
    await copySources(`${work}/source`);
    await run(
      "deno",
      ["pack", "--allow-dirty", "--no-source-maps", "--output", `${work}/packed.tgz`],
      `${work}/source`,
    );
    await run("tar", ["-xzf", "packed.tgz"], work);
    await complete(`${work}/package`, homepage);
    const tarball = `${folder}/wscam-${project.version}.tgz`;
    await run("tar", [...SAME_BYTES, "-czf", `${work}/out.tgz`, "package"], work);
    await Deno.copyFile(`${work}/out.tgz`, tarball);
    return tarball;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Copies everything that the client imports, types included, and maps its parts of @std. */
async function copySources(folder: string): Promise<void> {
  const { modules } = JSON.parse(await run("deno", ["info", "--json", ENTRY], ROOT)) as {
    modules: { specifier: string }[];
  };
  for (const { specifier } of modules) {
    const path = fileURLToPath(specifier).slice(ROOT.length);
    const target = `${folder}/${path}`;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    await Deno.copyFile(`${ROOT}${path}`, target);
  }
  const { version, license, imports, compilerOptions } = project;
  const config = {
    name: PACKED_AS,
    version,
    license,
    exports: `./${ENTRY}`,
    imports,
    compilerOptions,
  };
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(config));
}

/** Turns Deno's package into ours. */
async function complete(folder: string, homepage: string): Promise<void> {
  await pointToStd(folder);
  await keepReached(folder);
  const entry = ENTRY.replace(/\.ts$/, "");
  const { version, license } = project;
  await Deno.writeTextFile(`${folder}/wscam.js`, elementScript);
  await Deno.copyFile(`${ROOT}LICENSE`, `${folder}/LICENSE`);
  await Deno.copyFile(`${ROOT}lib/client/README.md`, `${folder}/README.md`);
  await Deno.writeTextFile(
    `${folder}/wscam.d.ts`,
    "/** `<wscam-view>`: importing this module defines it. */\nexport class WscamView extends HTMLElement {}\n",
  );
  const manifest = {
    name: "wscam",
    version,
    description:
      "A camera that a wscam server serves: its newest pictures in a program, and an element for web pages",
    license,
    homepage,
    type: "module",
    engines: { node: ">=20" },
    main: `./${entry}.js`,
    types: `./${entry}.d.ts`,
    exports: {
      ".": { types: `./${entry}.d.ts`, default: `./${entry}.js` },
      "./element": { types: "./wscam.d.ts", default: "./wscam.js" },
    },
  };
  await Deno.writeTextFile(`${folder}/package.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** npm has no import maps. */
async function pointToStd(folder: string): Promise<void> {
  for (const path of await filesIn(folder)) {
    const up = "../".repeat(path.split("/").length - 1);
    const text = await Deno.readTextFile(`${folder}/${path}`);
    const own = text.replaceAll(
      /"@std\/([\w/-]+)"/g,
      (_, name: string) => `"${up}lib/std/${name.replaceAll("-", "_")}.js"`,
    );
    if (own !== text) await Deno.writeTextFile(`${folder}/${path}`, own);
  }
}

/** Removes code that is never run: that of modules which are imported only for their types. */
async function keepReached(folder: string): Promise<void> {
  const base = new URL(`file://${folder}/`);
  const reached = new Set<string>();
  const waiting = [new URL(ENTRY.replace(/\.ts$/, ".js"), base).href];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    const text = await Deno.readTextFile(new URL(at));
    for (const [, target = ""] of text.matchAll(IMPORT)) {
      waiting.push(new URL(target, at).href);
    }
  }
  for (const path of await filesIn(folder)) {
    const isCode = path.endsWith(".js");
    if (isCode && !reached.has(new URL(path, base).href)) await Deno.remove(`${folder}/${path}`);
  }
}

async function filesIn(folder: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    if (isDirectory) found.push(...await filesIn(folder, `${below}${name}/`));
    else if (/\.(js|ts)$/.test(name)) found.push(`${below}${name}`);
  }
  return found;
}

async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(
    program === "deno" ? Deno.execPath() : program,
    { args: [...args], cwd, stdin: "null" },
  ).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new Error(`Cannot make the npm package: ${program} ${args[0]}: ${decoder.decode(stderr)}`);
}
