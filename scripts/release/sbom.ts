import type { NpmPackage } from "./npm_files.ts";

/** The release that a bill of materials describes. */
export interface SbomOptions {
  /** The program's version. */
  version: string;
  /** The Deno whose runtime is in the executables. */
  deno: string;
  /** The packages that are in the executables. */
  packages: readonly NpmPackage[];
  /** The lock file, whose checksums it takes. */
  lock: LockFile;
}

/** The part of `deno.lock` that is used. */
export interface LockFile {
  /** By `NAME@VERSION`; `integrity` is `sha512-` and Base64. */
  npm: Record<string, { integrity: string }>;
}

/** A bill of materials in CycloneDX 1.6 (ECMA-424), with the parts used here. */
export interface Sbom {
  bomFormat: "CycloneDX";
  specVersion: "1.6";
  version: 1;
  metadata: { component: SbomComponent };
  components: SbomComponent[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

/** A part of the program. */
export interface SbomComponent {
  type: "application" | "library" | "platform";
  "bom-ref": string;
  name: string;
  version: string;
  /** A package URL. */
  purl?: string;
  hashes?: { alg: "SHA-512"; content: string }[];
  licenses?: { license: { id: string } }[];
}

/**
 * Lists the contents of the executables. It contains no time and no random number, so the same
 * sources give the same list.
 */
export function createSbom({ version, deno, packages, lock }: SbomOptions): Sbom {
  const program: SbomComponent = {
    type: "application",
    "bom-ref": `wscam@${version}`,
    name: "wscam",
    version,
    licenses: [{ license: { id: "MIT" } }],
  };
  const runtime: SbomComponent = {
    type: "platform",
    "bom-ref": `deno@${deno}`,
    name: "deno",
    version: deno,
    purl: `pkg:github/denoland/deno@v${deno}`,
    licenses: [{ license: { id: "MIT" } }],
  };
  const libraries = packages.map((found) => library(found, lock));
  const known = new Map(packages.map(({ name, version }) => [`${name}@${version}`, purl]));
  const direct = [runtime, ...libraries].map((component) => component["bom-ref"]);
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: program },
    components: [runtime, ...libraries],
    dependencies: [
      { ref: program["bom-ref"], dependsOn: direct },
      ...packages.map(({ name, version, dependencies }) => ({
        ref: purl(`${name}@${version}`),
        dependsOn: dependencies.filter((key) => known.has(key)).map(purl).sort(),
      })),
    ],
  };
}

function library({ name, version }: NpmPackage, { npm }: LockFile): SbomComponent {
  const key = `${name}@${version}`;
  const [algorithm, base64 = ""] = npm[key]?.integrity.split(/-(.*)/s) ?? [];
  if (algorithm !== "sha512") throw new Error(`Cannot list ${key}: deno.lock has no sha512 for it`);
  return {
    type: "library",
    "bom-ref": purl(key),
    name,
    version,
    purl: purl(key),
    hashes: [{ alg: "SHA-512", content: Uint8Array.fromBase64(base64).toHex() }],
  };
}

/** In a package URL, a scope's `@` is escaped (purl specification, npm). */
function purl(key: string): string {
  return `pkg:npm/${key.replace(/^@/, "%40")}`;
}
