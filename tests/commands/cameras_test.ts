import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { testWith } from "../testutil/needs.ts";
import { startVcam } from "../testutil/camera/vcam.ts";
import { runWscam, wscamArgs } from "../testutil/program/wscam.ts";

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
    assert(typeof own === "object" && own !== null && "modes" in own);
    const { modes, ...rest } = own;
    assertEquals(rest, { index, name: "Virtual Camera", device });
    assert(Array.isArray(modes));
    assertEquals(modes[0].format, "mjpeg");
    assertEquals([modes[0].width, modes[0].height], [640, 480]);
    const text = await cameras(vcam.env);
    assertStringIncludes(text, `${index}  Virtual Camera  (${device})\n     mjpeg: 640x480`);
  },
);

Deno.test("cameras() works without ffmpeg", async () => {
  const list: unknown = JSON.parse(await cameras({}, "--json", "--ffmpeg", "/no/ffmpeg"));
  assert(Array.isArray(list));
});

testWith(["vcam"], "cameras() says what is missing where it can't tell modes", async () => {
  await using vcam = await startVcam();
  // Neither v4l2-ctl nor ffmpeg is found there.
  const env = { ...vcam.env, PATH: "/no/bin" };
  const { code, stdout, stderr } = await runWscam(["cameras", "--json"], env);
  assertEquals(code, 0);
  const list: { index: number; modes: unknown[] }[] = JSON.parse(stdout);
  assertEquals(list.find(({ index }) => index === vcam.index)?.modes, []);
  assertMatch(
    stderr,
    /^wscam: The list of cameras and their modes needs ffmpeg, .* install it with /,
  );
});
