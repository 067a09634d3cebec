import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { mustRun, runProgram } from "../../../lib/commands/service/run.ts";
import "../../../lib/jpeg/imagescript/encode_jpeg.ts";
import { inOwnProcess } from "../../testutil/program/own_process.ts";

const LIB = new URL("../../../lib/", import.meta.url);
const MODULE = fileURLToPath(new URL("jpeg/imagescript/encode_jpeg.ts", LIB));

/** Copies in a process of its own, whose umask lets nobody else read what it makes. */
async function provide(folder: string): Promise<void> {
  const options = { deno: Deno.execPath(), folder };
  // Nothing can be reached behind this proxy.
  await inOwnProcess(`
    import { provideDownloads } from "${new URL("commands/service/downloads.ts", LIB)}";
    import { runProgram } from "${new URL("commands/service/run.ts", LIB)}";
    Deno.umask(0o077);
    const run = (command: string, args: readonly string[]) =>
      runProgram("env", ["HTTPS_PROXY=http://127.0.0.1:9", command, ...args]);
    await provideDownloads(${JSON.stringify(MODULE)}, { ...${JSON.stringify(options)}, run });
    console.log(true);`);
}

Deno.test({
  name: "provideDownloads() copies what we have, for everybody to read",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    await provide(folder);
    const closed = await mustRun(
      runProgram,
      ["find", `${folder}/npm`, "-not", "-perm", "-044"],
      "look at files",
    );
    assertEquals(closed, "");
    await Deno.stat(`${folder}/npm/registry.npmjs.org/imagescript`);
    await Deno.remove(folder, { recursive: true });
  },
});
