import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { PYTHON } from "../../../scripts/needs/python.ts";
import { createAuthority } from "../../testutil/network/certificates.ts";
import { curl } from "./locked.ts";
import { testWith } from "../../testutil/needs.ts";
import { run } from "../../testutil/program/run.ts";
import { runEach } from "../../testutil/program/run_each.ts";
import { startWscam, wscamArgs } from "../../testutil/program/wscam.ts";

testWith(
  ["openssl", "curl", "python3-websockets"],
  "serve() speaks TLS with curl and Python, large messages whole",
  async () => {
    await using authority = await createAuthority();
    const { cert, key } = await authority.issue("wscam");
    const size = ["--resolution", "1920x1080", "--quality", "100", "--encoder", "imagescript"];
    await using server = await startWscam([
      "--camera",
      "test",
      ...size,
      "--cert",
      cert,
      "--key",
      key,
    ]);
    assertMatch(server.output.stdout, /page https:\/\/127\.0\.0\.1:\d+\/ +WebSocket wss:/);
    const page = await curl(`${server.url}/`, "--cacert", authority.file);
    assertMatch(page.text, /^HTTP\/2 200/);
    assertEquals((await curl(`${server.url}/`)).status, NaN, "an unknown authority");
    const rebound = await curl(
      `${server.url}/`,
      "--cacert",
      authority.file,
      "-H",
      "Host: evil.example",
    );
    assertEquals(rebound.status, 403);
    const program = `
import asyncio, base64, json, ssl, sys, websockets
async def main():
    context = ssl.create_default_context(cafile=sys.argv[2])
    async with websockets.connect(sys.argv[1], ssl=context, max_size=None) as socket:
        for _ in range(3):
            text = await socket.recv()
            print(len(text), base64.b64encode(base64.b64decode(json.loads(text)["data"])[-2:]).decode())
asyncio.run(main())`;
    const { stdout, stderr } = await run(PYTHON, ["-c", program, server.ws, authority.file]);
    const lines = stdout.trim().split("\n");
    assertEquals(lines.length, 3, stderr);
    for (const line of lines) {
      const [length, end] = line.split(" ");
      assertLess(200_000, Number(length));
      assertEquals(end, "/9k=", "it must end with EOI");
    }
  },
);

testWith(["openssl"], "serve() says what is wrong with a certificate, with status 1", async (t) => {
  await using authority = await createAuthority();
  const { cert } = await authority.issue("a");
  const cases: [key: string, message: RegExp][] = [
    ["/nowhere/key", /Cannot use '--key': there is no such file \(\/nowhere\/key\)/],
    [`${authority.folder}/ca.key`, /Cannot use '--key': .* is not the key of the certificate in /],
    [cert, /Cannot use '--key': .* contains no private key/],
  ];
  const args = ["--camera", "test", "--host", "127.0.0.1", "--port", "0", "--cert", cert];
  const ended = await runEach(cases.map(([key]) => [...args, "--key", key]));
  for (const [i, [, message]] of cases.entries()) {
    await t.step(String(message), () => {
      const { code, stderr = "" } = ended[i] ?? {};
      assertEquals([code, stderr.trim().split("\n").length], [1, 1]);
      assertMatch(stderr, message);
    });
  }
});

testWith(
  ["openssl"],
  "watch says that a server with TLS needs a token, and asks seldom",
  async () => {
    await using authority = await createAuthority();
    const { cert, key } = await authority.issue("wscam");
    const tls = ["--cert", cert, "--key", key];
    const token = ["--token", "open sesame whoever you are"];
    await using server = await startWscam(["--camera", "test", ...tls, ...token]);
    const args = wscamArgs("watch", `${server.ws}/?token=wrong`, "--seconds", "3");
    const { code, stderr } = await run(Deno.execPath(), args, {
      DENO_CERT: authority.file,
    });
    assertEquals(code, 1);
    const told = stderr.split("\n").filter((line) => line.includes("No connection to"));
    assertEquals(told.length, 1, stderr);
    assertMatch(told[0] ?? "", /it needs its token .*trying again in 10 s/);
  },
);
