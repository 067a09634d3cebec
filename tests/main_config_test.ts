import { assert, assertEquals } from "@std/assert";
import { runWscam, startWscam } from "./testutil/wscam.ts";

Deno.test("main() refuses a misspelled variable instead of doing without it", async (t) => {
  const cases = [["--camera", "test"], ["doctor"], ["cameras"], ["share", "-c", "a"]];
  for (const args of cases) {
    await t.step(args.join(" "), async () => {
      assertEquals(await runWscam(args, { WSCAM_TOKN: "open sesame" }), {
        ...{ code: 2, stdout: "" },
        stderr: "wscam: Unknown environment variable 'WSCAM_TOKN': did you mean 'WSCAM_TOKEN'?\n",
      });
    });
  }
});

Deno.test("main() takes no part of a password in a variable for a camera", async () => {
  const address = "rtsp://admin:geheim,wort@127.0.0.1:9/x";
  await using server = await startWscam([], { env: { WSCAM_CAMERA: `test,${address},b=test` } });
  const cameras: { name: string }[] = await (await fetch(`${server.url}/cameras`)).json();
  assertEquals(cameras.map(({ name }) => name), ["test", "127.0.0.1:9", "b"]);
  const { stdout, stderr } = server.output;
  assert(!`${stdout}${stderr}${JSON.stringify(cameras)}`.includes("wort"), stderr);
});
