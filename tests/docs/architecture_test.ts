import { assert, assertEquals, assertLessOrEqual } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);
const PAGE = new URL("docs/architecture.md", ROOT);
const text = await Deno.readTextFile(PAGE);

/** A name in the page, and the address of its file: [`Camera.#deliver()`](../lib/…). */
const links = Array.from(
  text.matchAll(/\[`([^`]+)`\]\(([^)]+)\)/g),
  ([, name = "", path = ""]) => ({
    name,
    url: new URL(path, PAGE),
  }),
);

Deno.test("docs/architecture.md names what is in the files that it leads to", async () => {
  assert(links.length > 20);
  for (const { name, url } of links) {
    const source = await Deno.readTextFile(url);
    if (url.href.endsWith(`/${name}`)) continue;
    for (const part of name.replace("()", "").split(".")) {
      assert(source.includes(part), `${name} is not in ${url.href.slice(ROOT.href.length)}`);
    }
  }
});

Deno.test("docs/architecture.md: a frame passes eight functions in ten files at most", () => {
  const [, way = ""] = text.split(/^## /m).find((part) => part.startsWith("A frame's way"))
    ?.match(/(^1\. .*?)\n\n(?!\d)/ms) ?? [];
  const steps = way.split(/^\d\. /m).slice(1);
  assertEquals(steps.length, 8);
  // The first step names two files, of which a frame passes one; another codec, and the interfaces
  // in between, don't count as steps.
  const files = new Set(Array.from(way.matchAll(/\(\.\.\/(lib\/[^)]+)\)/g), ([, path]) => path));
  for (
    const beside of [
      "lib/ffmpeg/output/bordered.ts",
      "lib/camera/source.ts",
      "lib/encoder/encoder.ts",
      "lib/stream/video/video_fan_out.ts",
    ]
  ) files.delete(beside);
  assertLessOrEqual(files.size, 10);
});

Deno.test("docs/architecture.md has a row for each folder of lib", () => {
  const rows = text.split("\n").filter((line) => line.startsWith("| `lib/")).join("\n");
  for (const { name, isDirectory } of Deno.readDirSync(new URL("lib/", ROOT))) {
    if (isDirectory && name !== "log") assert(rows.includes(`\`lib/${name}\``), name);
  }
});

Deno.test("no room of lib or of the tests has more than twenty files", () => {
  const crowded = [...rooms(new URL("lib/", ROOT)), ...rooms(new URL("tests/", ROOT))]
    .filter(({ count }) => count > 20);
  assertEquals(crowded, []);
});

function* rooms(folder: URL): Generator<{ room: string; count: number }> {
  const entries = [...Deno.readDirSync(folder)];
  yield {
    room: folder.href.slice(ROOT.href.length),
    count: entries.filter(({ isFile }) => isFile).length,
  };
  for (const { name, isDirectory } of entries) {
    if (isDirectory) yield* rooms(new URL(`${name}/`, folder));
  }
}
