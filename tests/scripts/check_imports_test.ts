import { assertEquals, assertGreater } from "@std/assert";
import { findViolations } from "../../scripts/check_imports.ts";
import { type ImportGraph, readImportGraph } from "../../scripts/import_graph.ts";

/** Files by path, each with its imports as written and their targets. */
function graph(files: Record<string, [specifier: string, target: string][]>): ImportGraph {
  return Object.entries(files).map(([path, imports]) => ({
    path,
    imports: imports.map(([specifier, target], i) => ({ specifier, target, line: i + 1 })),
  }));
}

Deno.test("findViolations() accepts what the layout allows", () => {
  const files = graph({
    "lib/camera/camera.ts": [["./frame.ts", "lib/frame/frame.ts"], ["../log.ts", "lib/log.ts"]],
    "lib/frame/frame.ts": [],
    "lib/log.ts": [["@std/http/status", "lib/std/http/status.ts"]],
    "lib/std/http/status.ts": [["node:util", "node:util"], ["./a.ts", "lib/std/http/a.ts"]],
    "lib/jpeg/imagescript/encode_jpeg.ts": [["imagescript", "npm:imagescript@1.3.1"]],
    "lib/log/secrets.ts": [["../log.ts", "lib/log.ts"]],
    "lib/config/values.ts": [["../camera/frame.ts", "lib/frame/frame.ts"]],
    "main.ts": [["./lib/commands/serve.ts", "lib/commands/serve.ts"]],
    "scripts/bench.ts": [["imagescript", "npm:imagescript@1.3.1"], ["../main.ts", "main.ts"]],
    "tests/main_test.ts": [["../scripts/setup.ts", "scripts/setup.ts"], ["../main.ts", "main.ts"]],
  });
  assertEquals(findViolations(files), []);
});

Deno.test("findViolations() names file, line, what and rule", async (t) => {
  const cases: [string, ImportGraph, string][] = [
    [
      "order of folders",
      graph({
        "lib/camera/camera.ts": [
          ["./frame.ts", "lib/frame/frame.ts"],
          ["../server/server.ts", "lib/server/server.ts"],
        ],
      }),
      "lib/camera/camera.ts:2: imports lib/server/server.ts " +
      "(lib/server/ comes after lib/camera/)",
    ],
    [
      "order of a folder and a file",
      graph({ "lib/std/path.ts": [["../log.ts", "lib/log.ts"]] }),
      "lib/std/path.ts:1: imports lib/log.ts (lib/log.ts comes after lib/std/)",
    ],
    [
      "main.ts is last",
      graph({ "lib/commands/serve.ts": [["../../main.ts", "main.ts"]] }),
      "lib/commands/serve.ts:1: imports main.ts (main.ts comes after lib/commands/)",
    ],
    [
      "tests",
      graph({ "lib/log.ts": [["../tests/testutil/needs.ts", "tests/testutil/needs.ts"]] }),
      "lib/log.ts:1: imports tests/testutil/needs.ts " +
      "(only tests and scripts import tests and scripts)",
    ],
    [
      "a folder that the layout doesn't have",
      graph({ "lib/util/a.ts": [["node:fs", "node:fs"]] }),
      "lib/util/a.ts:1: imports node:fs (a file must be in a folder of the layout)",
    ],
    [
      "imagescript",
      graph({ "lib/server/snapshot.ts": [["imagescript", "npm:imagescript@1.3.1"]] }),
      "lib/server/snapshot.ts:1: imports npm:imagescript@1.3.1 " +
      "(only lib/jpeg/imagescript imports imagescript)",
    ],
    [
      "NATS",
      graph({ "lib/server/server.ts": [["nats", "npm:@nats-io/nats-core@3.4.0/internal"]] }),
      "lib/server/server.ts:1: imports npm:@nats-io/nats-core@3.4.0/internal " +
      "(only lib/relay imports NATS)",
    ],
    [
      "inline packages",
      graph({ "tests/a_test.ts": [["jsr:@std/assert@1", "jsr:@std/assert@1"]] }),
      "tests/a_test.ts:1: imports jsr:@std/assert@1 " +
      "(packages are imported by their names in deno.json)",
    ],
    [
      "lib/std by its path",
      graph({ "lib/log.ts": [["./std/http/status.ts", "lib/std/http/status.ts"]] }),
      "lib/log.ts:1: imports lib/std/http/status.ts (lib/std is imported by its @std names)",
    ],
    [
      "packages in lib/std",
      graph({ "lib/std/a.ts": [["playwright-core", "npm:playwright-core@1.57.0"]] }),
      "lib/std/a.ts:1: imports npm:playwright-core@1.57.0 " +
      "(lib/std imports nothing but node: built-ins)",
    ],
  ];
  for (const [name, files, expected] of cases) {
    await t.step(name, () => assertEquals(findViolations(files), [expected]));
  }
});

Deno.test("findViolations() finds cycles", async (t) => {
  await t.step("of one file", () => {
    assertEquals(findViolations(graph({ "lib/log.ts": [["./log.ts", "lib/log.ts"]] })), [
      "lib/log.ts:1: imports lib/log.ts (no cycles: lib/log.ts → lib/log.ts)",
    ]);
  });
  await t.step("of two, one of them imported for its types too", () => {
    const a: [string, string] = ["./a.ts", "lib/camera/a.ts"];
    const b: [string, string] = ["./b.ts", "lib/camera/b.ts"];
    assertEquals(findViolations(graph({ "lib/camera/a.ts": [b], "lib/camera/b.ts": [a, a] })), [
      "lib/camera/b.ts:1: imports lib/camera/a.ts " +
      "(no cycles: lib/camera/a.ts → lib/camera/b.ts → lib/camera/a.ts)",
    ]);
  });
  await t.step("behind a file that is in none", () => {
    const files = graph({
      "tests/a_test.ts": [["./b.ts", "tests/b.ts"]],
      "tests/b.ts": [["./c.ts", "tests/c.ts"]],
      "tests/c.ts": [["./d.ts", "tests/d.ts"], ["./b.ts", "tests/b.ts"]],
      "tests/d.ts": [],
    });
    assertEquals(findViolations(files), [
      "tests/c.ts:2: imports tests/b.ts (no cycles: tests/b.ts → tests/c.ts → tests/b.ts)",
    ]);
  });
  await t.step("but not in a diamond", () => {
    const files = graph({
      "tests/a.ts": [["./b.ts", "tests/b.ts"], ["./c.ts", "tests/c.ts"]],
      "tests/b.ts": [["./d.ts", "tests/d.ts"]],
      "tests/c.ts": [["./d.ts", "tests/d.ts"]],
      "tests/d.ts": [],
    });
    assertEquals(findViolations(files), []);
  });
});

Deno.test("the project keeps to its layout", async () => {
  const files = await readImportGraph(new URL("../../", import.meta.url));
  const std = files.find(({ path }) => path === "tests/testutil/assert/mod.ts");
  assertGreater(std?.imports.length ?? 0, 0);
  const here = files.find(({ path }) => path === "tests/scripts/check_imports_test.ts");
  assertEquals(
    here?.imports.map(({ specifier, target, line }) => [specifier, target, line]),
    [
      ["@std/assert", "tests/testutil/assert/mod.ts", 1],
      ["../../scripts/check_imports.ts", "scripts/check_imports.ts", 2],
      ["../../scripts/import_graph.ts", "scripts/import_graph.ts", 3],
      ["../../scripts/import_graph.ts", "scripts/import_graph.ts", 3],
    ].filter((_, i) => i < (here?.imports.length ?? 0)),
  );
  assertEquals(findViolations(files), []);
});
