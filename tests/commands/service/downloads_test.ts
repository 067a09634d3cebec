import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { mustRun, runProgram } from "../../../lib/commands/service/run.ts";
import "../../../lib/jpeg/imagescript/encode_jpeg.ts";
import { temporaryDirectory } from "../../testutil/files.ts";
import { inOwnProcess } from "../../testutil/program/own_process.ts";

const LIB = new URL("../../../lib/", import.meta.url);
const MODULE = fileURLToPath(new URL("jpeg/imagescript/encode_jpeg.ts", LIB));

/** Copies in a process of its own, whose umask lets nobody else read what it makes. */
async function provide(folder: string, ...variables: string[]): Promise<void> {
  const options = { deno: Deno.execPath(), folder };
  const env = ["HTTPS_PROXY=http://127.0.0.1:9", ...variables];
  // Nothing can be reached behind this proxy.
  await inOwnProcess(`
    import { provideDownloads } from "${new URL("commands/service/downloads.ts", LIB)}";
    import { runProgram } from "${new URL("commands/service/run.ts", LIB)}";
    Deno.umask(0o077);
    const run = (command: string, args: readonly string[]) =>
      runProgram("env", [...${JSON.stringify(env)}, command, ...args]);
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

Deno.test({
  name: "provideDownloads() never writes into a file that a running service has mapped",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = await temporaryDirectory();
    await provide(folder.path);
    const packages = `${folder.path}/npm/registry.npmjs.org/imagescript`;
    const found = await mustRun(
      runProgram,
      ["find", packages, "-maxdepth", "2", "-name", "package.json"],
      "look at files",
    );
    const path = found.trim();
    await Deno.writeTextFile(path, "as it was");
    using file = await Deno.open(path);
    await provide(folder.path);
    assertEquals(await new Response(file.readable).text(), "as it was");
    assertStringIncludes(await Deno.readTextFile(path), "imagescript");
  },
});

Deno.test({
  name: "provideDownloads() copies what a mirror of the registry gave us",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using ours = await temporaryDirectory();
    await using home = await temporaryDirectory();
    await using folder = await temporaryDirectory();
    const info = await mustRun(runProgram, [Deno.execPath(), "info", "--json"], "find downloads");
    await Deno.mkdir(`${ours.path}/npm`);
    const from = `${JSON.parse(info).npmCache}/registry.npmjs.org`;
    await mustRun(runProgram, ["cp", "-R", from, `${ours.path}/npm/mirror.example`], "copy them");
    await Deno.writeTextFile(`${home.path}/.npmrc`, "registry=https://mirror.example/\n");
    const mirrors = [`HOME=${home.path}`, "NPM_CONFIG_REGISTRY=https://mirror.example/"];
    for (const mirror of mirrors) {
      await provide(folder.path, `DENO_DIR=${ours.path}`, mirror);
      await Deno.stat(`${folder.path}/npm/registry.npmjs.org/imagescript`);
      await Deno.remove(`${folder.path}/npm`, { recursive: true });
    }
  },
});
