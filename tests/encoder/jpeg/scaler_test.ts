import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Scaler } from "../../../lib/encoder/jpeg/scaler.ts";
import { temporaryDirectory } from "../../testutil/files.ts";
import { run } from "../../testutil/program/run.ts";
import { drawFrame } from "../frames.ts";

/** A thread that has ended would let its users wait for ever. */
const PATIENCE_MS = 60_000;

/** The width of a scaled picture; `undefined` if none comes. */
async function widthOf(scaler: Scaler, width: number): Promise<number | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  const scaled = await Promise.race([scaler.scale(drawFrame(64, 48), width), late]);
  clearTimeout(timer);
  return scaled?.width;
}

Deno.test("Scaler goes on after a picture that can't be scaled, and so do others", async () => {
  using one = new Scaler();
  using other = new Scaler();
  assertEquals([await widthOf(one, 16), await widthOf(other, 32)], [16, 32]);
  // As where there is no memory for it.
  await assertRejects(() => one.scale(drawFrame(64, 48), -1), Error, "Invalid typed array length");
  assertEquals([await widthOf(other, 32), await widthOf(one, 16)], [32, 16]);
});

Deno.test("Scaler says each time that its thread can't be loaded, and the program goes on", async () => {
  const modules = new URL("../../../lib/encoder/jpeg/", import.meta.url).href;
  const broken = `data:text/javascript,throw new Error("no such module")`;
  await using dir = await temporaryDirectory();
  const map = `${dir.path}/map.json`;
  const imports = { [`${modules}scale_worker.ts`]: broken };
  await Deno.writeTextFile(map, JSON.stringify({ imports }));
  const script = `
    import { Scaler } from "${modules}scaler.ts";
    const frame = { width: 64, height: 48, data: new Uint8Array(64 * 48 * 4) };
    using scaler = new Scaler();
    for (let i = 0; i < 10; i++) {
      await scaler.scale(frame, 16).catch(({ message }) => console.log(message));
    }`;
  const args = ["eval", "--no-config", "--import-map", map, script];
  const { code, stdout } = await run(Deno.execPath(), args);
  const lines = stdout.trim().split("\n");
  assertEquals([code, lines.length], [0, 10]);
  for (const line of lines) {
    assertMatch(line, /^Cannot scale picture: (.*no such module|its thread has ended)$/);
  }
});
