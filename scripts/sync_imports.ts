/**
 * Copies the npm packages of `tests/deno.json` to `scripts/imports.jsr.json` after an update: `deno
 * run -A scripts/sync_imports.ts`.
 *
 * @module
 */
const MAP = new URL("imports.jsr.json", import.meta.url);

/**
 * The import map for the real `@std` packages, with the npm packages that `tests/deno.json` has
 * now.
 *
 * @param map The imports of `scripts/imports.jsr.json`.
 * @param project The imports of `tests/deno.json`.
 */
export function syncImports(
  map: Readonly<Record<string, string>>,
  project: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(project).map(([name, target]) => {
      const kept = name.startsWith("@std/") ? map[name] : target;
      if (kept === undefined) throw new Error(`Cannot sync imports: ${MAP.pathname} lacks ${name}`);
      return [name, kept];
    }),
  );
}

if (import.meta.main) {
  const { imports } = JSON.parse(await Deno.readTextFile(MAP));
  const project = JSON.parse(
    await Deno.readTextFile(new URL("../tests/deno.json", import.meta.url)),
  );
  const synced = { imports: syncImports(imports, project.imports) };
  await Deno.writeTextFile(MAP, `${JSON.stringify(synced, undefined, 2)}\n`);
}
