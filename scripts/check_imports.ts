/**
 * Fails on an import against the order of the folders, on a cycle, and on a package imported in the
 * wrong place: `deno run -A scripts/check_imports.ts`.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- what it finds is its output
import { type Import, type ImportGraph, type Module, readImportGraph } from "./import_graph.ts";

/**
 * A frame walks down this list; a file imports from its own part and from those above it. The parts
 * of `lib/log.ts` are in `lib/log/`.
 */
const ORDER = [
  "lib/std/",
  "lib/system/",
  "lib/log.ts",
  "lib/time/",
  "lib/protocol/",
  "lib/jpeg/",
  "lib/h264/",
  "lib/frame/",
  "lib/ffmpeg/",
  "lib/camera/",
  "lib/encoder/",
  "lib/stream/",
  "lib/relay/",
  "lib/server/",
  "lib/client/",
  "lib/config/",
  "lib/commands/",
  "main.ts",
];

/** Says what is wrong with an import; `undefined` if nothing is. */
type Rule = (module: Module, imported: Import) => string | undefined;

const RULES: Rule[] = [
  againstOrder,
  inline,
  pastTheMap,
  imagescriptElsewhere,
  natsElsewhere,
  moreThanPlatform,
];

/**
 * Finds the imports that break the layout's rules.
 *
 * @param graph Every source file of the project.
 * @returns One line for each: `file:line: what (rule)`.
 */
export function findViolations(graph: ImportGraph): string[] {
  return [...graph.flatMap(brokenRules), ...findCycles(graph)];
}

function brokenRules(module: Module): string[] {
  return module.imports.flatMap((imported) =>
    RULES.map((rule) => rule(module, imported))
      .filter((broken) => broken !== undefined)
      .map((broken) => `${module.path}:${imported.line}: imports ${imported.target} (${broken})`)
  );
}

function againstOrder({ path }: Module, { target }: Import): string | undefined {
  if (isFree(path)) return undefined;
  if (isFree(target)) return "only tests and scripts import tests and scripts";
  const own = rank(path);
  if (own === -1) return "a file must be in a folder of the layout";
  if (!isOurs(target)) return undefined;
  const other = rank(target);
  if (other === -1) return "a file must be in a folder of the layout";
  return other > own ? `${ORDER[other]} comes after ${ORDER[own]}` : undefined;
}

function inline(_module: Module, { specifier }: Import): string | undefined {
  return /^(npm|jsr|https?):/.test(specifier)
    ? "packages are imported by their names in deno.json"
    : undefined;
}

/** A path to it would still lead to `lib/std` when the real packages are mapped to these names. */
function pastTheMap({ path }: Module, { specifier, target }: Import): string | undefined {
  return target.startsWith("lib/std/") && !path.startsWith("lib/std/") &&
      !specifier.startsWith("@std/")
    ? "lib/std is imported by its @std names"
    : undefined;
}

function imagescriptElsewhere({ path }: Module, { target }: Import): string | undefined {
  return /^npm:\/?imagescript(@|\/|$)/.test(target) && !isFree(path) &&
      !path.startsWith("lib/jpeg/imagescript/")
    ? "only lib/jpeg/imagescript imports imagescript"
    : undefined;
}

function natsElsewhere({ path }: Module, { target }: Import): string | undefined {
  return /^npm:\/?@nats-io\//.test(target) && !isFree(path) && !path.startsWith("lib/relay/")
    ? "only lib/relay imports NATS"
    : undefined;
}

function moreThanPlatform({ path }: Module, { target }: Import): string | undefined {
  return path.startsWith("lib/std/") && !isOurs(target) && !target.startsWith("node:")
    ? "lib/std imports nothing but node: built-ins"
    : undefined;
}

/** Tests and scripts may import anything. */
function isFree(path: string): boolean {
  return path.startsWith("tests/") || path.startsWith("scripts/");
}

function isOurs(target: string): boolean {
  return target === "main.ts" || target.startsWith("lib/") || isFree(target);
}

function rank(path: string): number {
  return ORDER.findIndex((part) => path === part || path.startsWith(part.replace(/\.ts$/, "/")));
}

/** Each import that closes a cycle, found by walking from every file in turn. */
function findCycles(graph: ImportGraph): string[] {
  const modules = new Map(graph.map((module) => [module.path, module]));
  const done = new Set<string>();
  const found: string[] = [];
  function walk(module: Module, trail: string[]): void {
    const here = [...trail, module.path];
    const seen = new Set<string>();
    for (const { target, line } of module.imports) {
      const next = modules.get(target);
      // A module may be imported twice, for its values and for its types.
      if (next === undefined || done.has(target) || seen.has(target)) continue;
      seen.add(target);
      const start = here.indexOf(target);
      if (start === -1) walk(next, here);
      else {
        const cycle = [...here.slice(start), target].join(" → ");
        found.push(`${module.path}:${line}: imports ${target} (no cycles: ${cycle})`);
      }
    }
    done.add(module.path);
  }
  for (const module of graph) if (!done.has(module.path)) walk(module, []);
  return found;
}

if (import.meta.main) {
  const violations = findViolations(await readImportGraph(new URL("../", import.meta.url)));
  for (const violation of violations) console.log(violation);
  if (violations.length > 0) Deno.exit(1);
}
