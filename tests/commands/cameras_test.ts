import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { testWith } from "../testutil/needs.ts";
import { startVcam } from "../testutil/vcam.ts";
import { wscamArgs } from "../testutil/wscam.ts";

async function cameras(env: Record<string, string>, ...args: string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: wscamArgs("cameras", ...args),
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  });
  const { code, stdout } = await command.output();
  assertEquals(code, 0);
  return new TextDecoder().decode(stdout);
}

testWith(
  ["vcam", "ffmpeg"],
  "cameras() lists a camera with its number, name and path",
  async () => {
    await using vcam = await startVcam();
    const { index, path: device } = vcam;
    const list: unknown[] = JSON.parse(await cameras(vcam.env, "--json"));
    const own = list.find((each) => (each as { index: number }).index === index);
    assertEquals(own, { index, name: "Virtual Camera", device });
    assertStringIncludes(await cameras(vcam.env), `${index}  Virtual Camera  (${device})`);
  },
);

Deno.test("cameras() works without ffmpeg", async () => {
  const list: unknown = JSON.parse(await cameras({}, "--json", "--ffmpeg", "/no/ffmpeg"));
  assert(Array.isArray(list));
});
