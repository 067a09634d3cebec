import { assertEquals } from "@std/assert";
import { whyUnreadable } from "../../lib/protocol/why_unreadable.ts";

Deno.test("whyUnreadable() tells what isn't there from what may not be read and what is no file", async () => {
  const folder = await Deno.makeTempDir();
  const reasonOf = (path: string): Promise<string> =>
    Deno.readFile(path).then(() => "none", whyUnreadable);
  assertEquals(await reasonOf(`${folder}/gone`), "there is no such file");
  // Windows doesn't tell a folder from a file that may not be read.
  if (Deno.build.os !== "windows") assertEquals(await reasonOf(folder), "it is a folder");
  assertEquals(whyUnreadable(new Deno.errors.PermissionDenied()), "this user may not read it");
  assertEquals(whyUnreadable("anything else"), "it can't be read");
  await Deno.remove(folder);
});
