import { assert, assertEquals, assertMatch } from "@std/assert";
import { createAuthority } from "../../testutil/network/certificates.ts";
import { eventually } from "../../testutil/eventually.ts";
import { linkTo, NOWHERE, share, startLocked, TOKEN } from "./locked.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { freePort } from "../../testutil/relay/nats.ts";
import { testWith } from "../../testutil/needs.ts";
import { run, shellWords } from "../../testutil/program/run.ts";
import { wscamArgs } from "../../testutil/program/wscam.ts";

Deno.test("share() prints a link that shows one camera until it ends", async () => {
  await using server = await startLocked();
  // Long enough for a busy machine to do all that comes before its end.
  const { code, stdout } = await share("--camera", "door", "--for", "10s", "--url", server.url);
  assertEquals(code, 0);
  const link = new URL(stdout.trim()).searchParams.get("share") ?? "";
  const viewer = await openViewer(`${server.ws}/?share=${link}`);
  await eventually(() => viewer.images().length > 0);
  const cameras = await (await fetch(`${server.url}/cameras?share=${link}`)).json();
  assertEquals(cameras.map(({ name }: { name: string }) => name), ["door"]);
  const page = await fetch(`${server.url}/?share=${link}`);
  assertEquals(Number(page.headers.get("content-length")), (await page.bytes()).length);
  const other = await fetch(`${server.url}/?share=${link}&camera=attic`);
  assertEquals([other.status, await other.text()], [
    403,
    "This link shows only camera 'door'\n",
  ]);
  assertEquals(await viewer.closed, { code: 4401, reason: "This link has ended" });
  const replayed = await fetch(`${server.url}/?share=${link}`);
  assertEquals([replayed.status, await replayed.text()], [403, "This link has ended\n"]);
  assert(!server.output.stderr.includes(link));
});

Deno.test("serve() says that there is no camera to who has a link to one that is gone", async () => {
  await using server = await startLocked();
  const response = await fetch(`${server.url}/snapshot?share=${await linkTo("cellar", 3600)}`);
  assertEquals([response.status, await response.text()], [
    404,
    "No such camera: there is none yet\n",
  ]);
});

Deno.test("share() prints the link alone into a pipe, and asks for what it needs", async () => {
  const url = `${NOWHERE}sub/`;
  const { stdout, stderr } = await share("--camera", "前门", "--url", url);
  assertMatch(stdout, /^http:\/\/127\.0\.0\.1:9\/sub\/\?share=s1\.[\w.-]+\n$/);
  assertMatch(stderr, /name was not checked: http:\/\/127\.0\.0\.1:9: .+\n$/);
  assert(!stdout.includes("sesame"));
  const missing = await run(Deno.execPath(), wscamArgs("share", "--camera", "door"));
  assertEquals(missing.code, 2);
  assertMatch(missing.stderr, /'--token' or '--token-file' is needed/);
});

Deno.test("share() refuses what the server would refuse", async (t) => {
  await using server = await startLocked();
  await t.step("a camera that it does not have", async () => {
    const { code, stdout, stderr } = await share("--camera", "cellar", "--url", server.url);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /has no camera 'cellar': it has 'door', 'attic'\n$/);
  });
  await t.step("another token", async () => {
    const args = ["share", "--token", "another one", "--camera", "door", "--url", server.url];
    const { code, stdout, stderr } = await run(Deno.execPath(), wscamArgs(...args));
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /has another token\n$/);
  });
  await t.step("nothing else", async () => {
    const { code, stderr } = await share("--camera", "attic", "--url", server.url);
    assertEquals([code, stderr], [0, ""]);
  });
});

testWith(["zbarimg"], "share() draws a QR code on a terminal that leads to the link", async () => {
  const args = wscamArgs("share", "--camera", "door", "--url", NOWHERE);
  const command = shellWords([Deno.execPath(), ...args]);
  // It gives the program a terminal.
  const { stdout } = await run("script", ["-qec", command, "/dev/null"], { WSCAM_TOKEN: TOKEN });
  const link = stdout.match(/^http:\S+/m)?.[0] ?? "";
  assertMatch(link, /^http:\/\/127\.0\.0\.1:9\/\?share=s1\./);
  assertMatch(stdout, /Shows camera door until /);
  const file = await Deno.makeTempFile({ suffix: ".pbm" });
  await Deno.writeTextFile(file, bitmap(stdout));
  const read = await run("zbarimg", ["-q", "--raw", file]);
  assertEquals(read.stdout.trim(), link);
  await Deno.remove(file);
});

/** A QR code as a terminal shows it, as a picture in PBM with 4 pixels a module. */
function bitmap(output: string): string {
  const lines = Array.from(
    output.matchAll(/\[30;107m([ \u2580\u2584\u2588]*)/g),
    ([, line = ""]) => [...line],
  );
  const wide = (bits: string[]): string => bits.map((bit) => ` ${bit}`.repeat(4)).join("");
  const rows = lines.flatMap((line) =>
    ["\u2580\u2588", "\u2584\u2588"].map((dark) =>
      wide(line.map((block) => dark.includes(block) ? "1" : "0"))
    )
  );
  const width = 4 * (lines[0]?.length ?? 0);
  return `P1\n${width} ${4 * rows.length}\n${rows.map((row) => `${row}\n`.repeat(4)).join("")}`;
}

testWith(
  ["openssl"],
  "share() tells a server that it doesn't trust from one that isn't there",
  async () => {
    await using authority = await createAuthority();
    const { cert, key } = await authority.issue("camera");
    await using server = await startLocked(["--cert", cert, "--key", key]);
    const args = ["--camera", "door", "--url", server.url];
    const { stderr } = await share(...args);
    assertMatch(
      stderr,
      /was not checked: https:.+: the certificate isn't trusted here: set DENO_CERT/,
    );
    const away = await share("--camera", "door", "--url", `http://127.0.0.1:${freePort()}`);
    assertMatch(away.stderr, /was not checked: http:.+: nothing answers there\n$/);
  },
);
