import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { provideDownloads } from "../../../lib/commands/service/downloads.ts";
import { mustRun, type Run, runProgram } from "../../../lib/commands/service/run.ts";
import "../../../lib/encoder/imagescript/encode_jpeg.ts";

const MODULE = fileURLToPath(
  new URL("../../../lib/encoder/imagescript/encode_jpeg.ts", import.meta.url),
);

Deno.test({
  name: "provideDownloads() copies what we have, for everybody to read",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    const umask = Deno.umask(0o077);
    try {
      // Nothing can be reached behind this proxy.
      const offline: Run = (command, args) =>
        runProgram("env", ["HTTPS_PROXY=http://127.0.0.1:9", command, ...args]);
      await provideDownloads(MODULE, { deno: Deno.execPath(), folder, run: offline });
    } finally {
      Deno.umask(umask);
    }
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
