import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import project from "../../deno.json" with { type: "json" };
import { parseChecksums, writeChecksums } from "../../scripts/release/checksums.ts";
import { homebrewFormula, scoopManifest } from "../../scripts/release/manifests.ts";
import { releaseNotes } from "../../scripts/release/notes.ts";
import { type Info, type NpmPackage, reachedPackages } from "../../scripts/release/npm_files.ts";
import { prepareRelease } from "../../scripts/release/prepare.ts";
import { createSbom } from "../../scripts/release/sbom.ts";
import { TARGETS } from "../../scripts/release/targets.ts";
import { syncImports } from "../../scripts/sync_imports.ts";

const CHANGELOG = `# Changelog

## Unreleased

- Not yet.

## [1.2.3] - 2026-11-22

### Added

- Cameras.

## 1.2.2

- Fewer.

[1.2.3]: https://example.org/1.2.3
`;

Deno.test("releaseNotes() takes what stands under the version", async (t) => {
  await t.step("as a link, with a date", () => {
    assertEquals(releaseNotes(CHANGELOG, "1.2.3"), "### Added\n\n- Cameras.\n");
  });
  await t.step("plain and last, without the links", () => {
    assertEquals(releaseNotes(CHANGELOG, "1.2.2"), "- Fewer.\n");
  });
  for (const version of ["1.2", "1.2.30", "2.0.0"]) {
    await t.step(`not there: ${version}`, () => {
      assertThrows(() => releaseNotes(CHANGELOG, version), Error, `under '## ${version}'`);
    });
  }
});

function npmPackage(name: string, ...dependencies: string[]): NpmPackage {
  return { name, version: "1.0.0", dependencies, localPath: `/cache/${name}` };
}

const INFO: Info = {
  modules: [
    { specifier: "file:///main.ts" },
    { specifier: "npm:/imagescript@1.0.0" },
    { specifier: "npm:/@nats-io/transport@1.0.0/sub/path.js" },
  ],
  npmPackages: {
    "imagescript@1.0.0": npmPackage("imagescript"),
    "@nats-io/transport@1.0.0": npmPackage("@nats-io/transport", "@nats-io/core@1.0.0"),
    "@nats-io/core@1.0.0": npmPackage("@nats-io/core", "@nats-io/transport@1.0.0"),
    "playwright-core@1.0.0": npmPackage("playwright-core"),
  },
};

Deno.test("reachedPackages() follows what packages need, and leaves out the rest", () => {
  assertEquals(reachedPackages(INFO).map(({ name }) => name), [
    "imagescript",
    "@nats-io/transport",
    "@nats-io/core",
  ]);
});

Deno.test("createSbom() lists packages with checksums and what needs what", () => {
  const integrity = `sha512-${new Uint8Array(64).fill(1).toBase64()}`;
  const npm = Object.fromEntries(Object.keys(INFO.npmPackages).map((key) => [key, { integrity }]));
  const packages = reachedPackages(INFO);
  const sbom = createSbom({ version: "1.2.3", deno: "2.9.6", packages, lock: { npm } });
  assertEquals(sbom.metadata.component.version, "1.2.3");
  assertEquals(sbom.components.map(({ purl }) => purl), [
    "pkg:github/denoland/deno@v2.9.6",
    "pkg:npm/imagescript@1.0.0",
    "pkg:npm/%40nats-io/transport@1.0.0",
    "pkg:npm/%40nats-io/core@1.0.0",
  ]);
  assertEquals(sbom.components[1]?.hashes, [{ alg: "SHA-512", content: "01".repeat(64) }]);
  const refs = new Set(
    [sbom.metadata.component, ...sbom.components].map((each) => each["bom-ref"]),
  );
  for (const { ref, dependsOn } of sbom.dependencies) {
    for (const each of [ref, ...dependsOn]) assert(refs.has(each), `${each} must be a component`);
  }
  assertThrows(
    () => createSbom({ version: "1.2.3", deno: "2.9.6", packages, lock: { npm: {} } }),
    Error,
    "deno.lock has no sha512",
  );
});

Deno.test("prepareRelease() completes a folder of executables", async () => {
  const folder = await Deno.makeTempDir();
  for (const { file } of TARGETS) await Deno.writeTextFile(`${folder}/${file}`, file);
  const tag = `v${project.version}`;
  const changelog = `# Changelog\n\n## ${project.version}\n\n- News.\n`;
  await prepareRelease(tag, folder, { repository: "somebody/wscam", changelog });
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
  const sums = parseChecksums(await Deno.readTextFile(`${folder}/SHA256SUMS`));
  assertEquals(names.sort(), [...sums.keys(), "SHA256SUMS", "NOTES.md"].sort());
  assertEquals(sums.size, TARGETS.length + 6);
  assertEquals(await Deno.readTextFile(`${folder}/NOTES.md`), "- News.\n");
  for (const name of ["install.sh", "install.ps1", "wscam.rb", "wscam.json"]) {
    const text = await Deno.readTextFile(`${folder}/${name}`);
    const repositories = Array.from(
      text.matchAll(/github\.com\/([\w.-]+\/[\w.-]+)/g),
      ([, it]) => it,
    );
    assertEquals(new Set(repositories), new Set(["somebody/wscam"]), name);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("prepareRelease() refuses another tag, a missing executable, and no repository", async () => {
  const repository = "somebody/wscam";
  const folder = await Deno.makeTempDir();
  await assertRejects(
    () => prepareRelease("v0.0.0", folder, { repository }),
    Error,
    "deno.json says version",
  );
  const tag = `v${project.version}`;
  await assertRejects(() => prepareRelease(tag, folder, { repository }), Error, "is missing");
  for (const repository of ["", "wscam", "https://github.com/a/b"]) {
    await assertRejects(() => prepareRelease(tag, folder, { repository }), Error, "OWNER/NAME");
  }
  await Deno.remove(folder, { recursive: true });
});

const HOMEPAGE = "https://github.com/somebody/wscam";

async function checksums(): Promise<Map<string, string>> {
  const folder = await Deno.makeTempDir();
  for (const { file } of TARGETS) await Deno.writeTextFile(`${folder}/${file}`, file);
  const text = await writeChecksums(folder);
  await Deno.remove(folder, { recursive: true });
  return parseChecksums(text);
}

Deno.test("homebrewFormula() names four executables with their checksums", async () => {
  const sums = await checksums();
  const formula = homebrewFormula({ homepage: HOMEPAGE, version: "1.2.3", checksums: sums });
  const pairs = formula.matchAll(/url "(\S+)"\n\s+sha256 "(\S+)"/g);
  const found = Array.from(pairs, ([, url = "", sum = ""]) => [url.split("/").at(-1), sum]);
  assertEquals(found.map(([file]) => file), [
    "wscam-macos-aarch64",
    "wscam-macos-x86_64",
    "wscam-linux-aarch64",
    "wscam-linux-x86_64",
  ]);
  for (const [file = "", sum] of found) assertEquals(sum, sums.get(file));
  // Every block that is opened is closed.
  const opened = formula.match(/^\s*(class|def)\b|\bdo$/gm)?.length;
  assertEquals(formula.match(/^\s*end$/gm)?.length, opened);
});

Deno.test("scoopManifest() names the executable for Windows", async () => {
  const sums = await checksums();
  const manifest = JSON.parse(
    scoopManifest({ homepage: HOMEPAGE, version: "1.2.3", checksums: sums }),
  );
  assertEquals(manifest.version, "1.2.3");
  const { url, hash } = manifest.architecture["64bit"];
  assertEquals(url, `${HOMEPAGE}/releases/download/v1.2.3/wscam-windows-x86_64.exe#/wscam.exe`);
  assertEquals(hash, sums.get("wscam-windows-x86_64.exe"));
  assertMatch(manifest.autoupdate.architecture["64bit"].url, /download\/v\$version\/wscam-windows/);
});

Deno.test("the installers download executables that are made", async () => {
  const text = await Deno.readTextFile(new URL("../../scripts/install.ps1", import.meta.url));
  for (const [, file] of text.matchAll(/'(wscam-[\w-]+\.exe)'/g)) {
    assert(TARGETS.some((target) => target.file === file));
  }
});

Deno.test("syncImports() keeps @std and takes over the rest", () => {
  const map = { "@std/a": "jsr:@std/a@1", b: "npm:b@1" };
  assertEquals(syncImports(map, { "@std/a": "./a.ts", b: "npm:b@2", c: "npm:c@1" }), {
    "@std/a": "jsr:@std/a@1",
    b: "npm:b@2",
    c: "npm:c@1",
  });
  assertThrows(() => syncImports(map, { "@std/z": "./z.ts" }), Error, "lacks @std/z");
});
