import { assertEquals, assertStringIncludes } from "@std/assert";
import { openStateFile } from "../../../../lib/commands/serve/reload/state_file.ts";
import { createLogger } from "../../../../lib/log.ts";
import { temporaryDirectory } from "../../../testutil/files.ts";

Deno.test("openStateFile() sets a broken file aside, and says so", async (t) => {
  await using folder = await temporaryDirectory();
  const path = `${folder.path}/state.json`;
  const broken = [
    "",
    "{",
    "[]",
    '{"version":2,"cameras":{}}',
    '{"version":1,"cameras":{"a":5}}',
    '{"version":1,"cameras":{"a":{"capture":{"fps":5},"own":{}}}}',
    '{"version":1,"cameras":{"a":{"capture":{"nonsense":{"value":1,"asked":1}},"own":{}}}}',
    "\u0000".repeat(100),
  ];
  for (const text of broken) {
    await t.step(text.slice(0, 60), async () => {
      await Deno.writeTextFile(path, text);
      const lines: string[] = [];
      using log = createLogger({ write: (line) => lines.push(line) > 0 });
      await using state = await openStateFile(path, log);
      assertEquals(state.overrides.all.size, 0);
      assertStringIncludes(lines.join("\n"), `The file was renamed to ${path}.broken`);
      assertEquals(await Deno.readTextFile(`${path}.broken`), text);
    });
  }
});
