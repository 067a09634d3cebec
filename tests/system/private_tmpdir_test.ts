import { assertEquals } from "@std/assert";
import { inOwnProcess } from "../testutil/program/own_process.ts";

const MODULE = new URL("../../lib/system/private_tmpdir.ts", import.meta.url).href;
const ignore = Deno.build.os === "windows";

/** Runs a script in a process of its own, for all tests here share one environment. */
function inProcess(script: string, env?: Record<string, string>): Promise<unknown> {
  const text = `import { makePrivateFolder, withPrivateTmpdir } from ${
    JSON.stringify(MODULE)
  };\n${script}`;
  return inOwnProcess(text, env);
}

Deno.test({
  name: "withPrivateTmpdir() gives a folder that is ours alone, for as long as it runs",
  ignore,
  async fn() {
    const told = await inProcess(`
      const before = Deno.env.get("TMPDIR");
      const seen = await withPrivateTmpdir(async () => {
        const folder = Deno.env.get("TMPDIR");
        const { isDirectory, mode, uid } = await Deno.lstat(folder);
        await Deno.writeTextFile(folder + "/native.node", "");
        return { folder, isDirectory, mode: mode & 0o777, isOwn: uid === Deno.uid() };
      });
      const isGone = await Deno.lstat(seen.folder).then(() => false, () => true);
      console.log(JSON.stringify({ ...seen, folder: "", isGone, isBack: Deno.env.get("TMPDIR") === before }));`);
    assertEquals(told, {
      folder: "",
      isDirectory: true,
      mode: 0o700,
      isOwn: true,
      isGone: true,
      isBack: true,
    });
  },
});

Deno.test({
  name: "withPrivateTmpdir() puts everything back when it fails",
  ignore,
  async fn() {
    const parent = await Deno.makeTempDir();
    const script = `
      const reason = await withPrivateTmpdir(() => Promise.reject("it went wrong")).catch((error) => error);
      console.log(JSON.stringify([reason, Deno.env.get("TMPDIR"), [...Deno.readDirSync(${
      JSON.stringify(parent)
    })].length]));`;
    assertEquals(await inProcess(script, { TMPDIR: parent }), ["it went wrong", parent, 0]);
    await Deno.remove(parent, { recursive: true });
  },
});

Deno.test({
  name: "withPrivateTmpdir() says that there can be no folder",
  ignore,
  async fn() {
    const script = `
      const error = await withPrivateTmpdir(() => Promise.resolve()).catch((error) => error);
      console.log(JSON.stringify([error.name, error.message.split(":")[0]]));`;
    assertEquals(await inProcess(script, { TMPDIR: "/nonexistent/folder" }), [
      "TmpdirError",
      "Cannot make a folder for temporary files",
    ]);
  },
});

Deno.test({
  name: "makePrivateFolder() gives a folder that outlasts one that others have meanwhile",
  ignore,
  async fn() {
    const script = `
      const folder = await withPrivateTmpdir(() => makePrivateFolder());
      const { mode } = await Deno.stat(folder);
      await Deno.remove(folder);
      const usual = Deno.env.get("TMPDIR") ?? "/tmp";
      console.log(JSON.stringify([mode & 0o777, folder.startsWith(usual + "/wscam-")]));`;
    const own = await Deno.makeTempDir();
    for (const env of [{}, { TMPDIR: own }]) {
      assertEquals(await inProcess(script, env), [0o700, true]);
    }
    await Deno.remove(own);
  },
});
