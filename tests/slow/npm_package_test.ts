import { assert, assertEquals, assertMatch } from "@std/assert";
import project from "../../deno.json" with { type: "json" };
import { createNpmPackage } from "../../scripts/release/npm_package.ts";
import { sha256 } from "../../scripts/release/checksums.ts";
import { testWith } from "../testutil/needs.ts";
import { startWscam } from "../testutil/program/wscam.ts";

const HOMEPAGE = "https://example.org/wscam";

async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    stdin: "null",
    env: { NO_UPDATE_NOTIFIER: "1", NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  assert(success, decoder.decode(stderr) + decoder.decode(stdout));
  return decoder.decode(stdout);
}

testWith(["node"], "createNpmPackage() makes what Node can install and use", async (t) => {
  const folder = await Deno.makeTempDir();
  const tarball = await createNpmPackage(folder, { homepage: HOMEPAGE });
  await t.step("the same bytes each time", async () => {
    const sum = await sha256(tarball);
    assertEquals(await sha256(await createNpmPackage(folder, { homepage: HOMEPAGE })), sum);
  });
  await Deno.writeTextFile(`${folder}/package.json`, '{"private":true,"type":"module"}');
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], folder);
  await t.step("its manifest", async () => {
    const path = `${folder}/node_modules/wscam/package.json`;
    const { name, version, homepage, dependencies } = JSON.parse(await Deno.readTextFile(path));
    assertEquals([name, version, homepage], ["wscam", project.version, HOMEPAGE]);
    assertEquals(dependencies, undefined);
  });
  await t.step("pictures in a program", async () => {
    await using server = await startWscam(["--camera", "test", "--fps", "20"]);
    const program = `
      import { frames, snapshot } from "wscam";
      const sizes = [];
      for await (const { jpeg, age, sequence } of frames("${server.ws}", { width: 320 })) {
        sizes.push([jpeg.length > 1000, age < 10, sequence > 0].join());
        if (sizes.length === 3) break;
      }
      sizes.push((await snapshot("${server.ws}")).jpeg.length > 1000);
      console.log(JSON.stringify(sizes));`;
    await Deno.writeTextFile(`${folder}/program.mjs`, program);
    const printed = await run("node", ["--experimental-websocket", "program.mjs"], folder);
    assertEquals(JSON.parse(printed), [...Array(3).fill("true,true,true"), true]);
  });
  await t.step("a server that isn't there", async () => {
    const program = `
      import { frames, push } from "wscam";
      const told = new Promise((resolve) => push("ws://127.0.0.1:9", { onEvent: resolve }));
      const { type, reason } = await told;
      const again = new AbortController();
      const troubles = [];
      const onTrouble = (words) => {
        if (troubles.push(words) === 2) again.abort();
      };
      for await (const _ of frames("ws://127.0.0.1:9", { signal: again.signal, onTrouble }));
      console.log(JSON.stringify([type, reason, ...troubles]));
      process.exit();`;
    await Deno.writeTextFile(`${folder}/alone.mjs`, program);
    const printed = await run("node", ["--experimental-websocket", "alone.mjs"], folder);
    const [type, ...reasons] = JSON.parse(printed);
    assertEquals([type, reasons.length], ["disconnected", 3]);
    // Node says little, but says it at once.
    for (const reason of reasons) assertMatch(reason, /network error/);
  });
  await t.step("types for TypeScript", async () => {
    const program = `import { type Frame, frames, snapshot, type ViewerEvent } from "wscam";
      export async function last(): Promise<Frame> {
        for await (const frame of frames("ws://host", { camera: "door", fps: 5 })) return frame;
        return await snapshot("ws://host", { timeout: 1 });
      }
      export const words = (event: ViewerEvent): string => event.type;
      // @ts-expect-error: there is no such option
      frames("ws://host", { nothing: 1 });`;
    await Deno.writeTextFile(`${folder}/typed.ts`, program);
    const check = ["check", "--no-lock", "--node-modules-dir=manual", "typed.ts"];
    await run(Deno.execPath(), check, folder);
  });
  await t.step("the element", async () => {
    const text = await Deno.readTextFile(`${folder}/node_modules/wscam/wscam.js`);
    assertMatch(text, /export \{ WscamView \};\n$/);
    assertEquals(text.match(/^import /gm), null);
  });
  await Deno.remove(folder, { recursive: true });
});
