import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { namedFiles } from "../../../lib/commands/push/named_files.ts";

Deno.test("namedFiles() finds what a shell would have found that expands names", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "wscam-named-" });
  const at = (...names: string[]) => names.map((name) => join(folder, name));
  try {
    for (const path of at("b.jpg", "a.jpg", "c (1).jpg", ".x.jpg", "d.jpeg", "e+.png", "图.jpg")) {
      await Deno.writeTextFile(path, "");
    }
    await Deno.mkdir(join(folder, "folder.jpg"));
    const cases: [string, ...string[]][] = [
      ["*.jpg", "a.jpg", "b.jpg", "c (1).jpg", "图.jpg"],
      ["?.jpg", "a.jpg", "b.jpg", "图.jpg"],
      [".*", ".x.jpg"],
      ["c*(1).*", "c (1).jpg"],
      ["*+.png", "e+.png"],
      ["a.jpg", "a.jpg"],
      ["none.jpg", "none.jpg"],
    ];
    for (const [name, ...found] of cases) {
      await t.step(name, async () => assertEquals(await namedFiles(at(name)), at(...found)));
    }
    await t.step("many, in the order in which they are named", async () => {
      assertEquals(await namedFiles(["-", ...at("d*", "a*")]), ["-", ...at("d.jpeg", "a.jpg")]);
    });
    await t.step("none", async () => {
      for (const name of [...at("*.gif"), join(folder, "no", "*.jpg")]) {
        await assertRejects(() => namedFiles([name]), Error, "no file matches that name");
      }
    });
    await t.step("a file of that very name", async () => {
      if (Deno.build.os === "windows") return;
      await Deno.writeTextFile(join(folder, "*.jpg"), "");
      assertEquals(await namedFiles(at("*.jpg")), at("*.jpg"));
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
