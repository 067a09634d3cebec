import { assertEquals, assertMatch } from "@std/assert";
import { createAuthority } from "../../testutil/network/certificates.ts";
import { testWith } from "../../testutil/needs.ts";
import { run } from "../../testutil/program/run.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const ENDLESS = ["/stream", "/stream.mjpg", "/?action=stream"];
/** Each with its status. */
const PATHS: readonly [path: string, status: number][] = [
  ["/", 200],
  ["/cameras", 200],
  ["/state", 200],
  ["/metrics", 200],
  ["/healthz", 200],
  ["/snapshot?max_age=60", 200],
  ["/nothing", 404],
  ["/?action=nothing", 404],
  ["/snapshot?camera=nothing", 404],
  ["/stream?fps=0", 400],
  [`/?${"x".repeat(5000)}`, 414],
  ...ENDLESS.map((path): [string, number] => [path, 200]),
];

testWith(["curl", "openssl"], "serve() answers HEAD over HTTP/1.1 and HTTP/2", async (t) => {
  await using authority = await createAuthority();
  const { cert, key } = await authority.issue("wscam");
  const args = ["--camera", "test", "--resolution", "160x120", "--linger", "60"];
  await using server = await startWscam([...args, "--cert", cert, "--key", key]);
  const curl = async (path: string, ...more: string[]) => {
    const own = ["-sS", "-m", "20", "--cacert", authority.file, ...more, server.url + path];
    const { code, stdout, stderr } = await run("curl", own);
    const [, status] = stdout.match(/^HTTP\S+ (\d+)/) ?? [];
    const [, length] = stdout.match(/^content-length: (\d+)/im) ?? [];
    return { code, stdout, stderr, status: Number(status), length };
  };
  for (const version of ["1.1", "2"]) {
    for (const [path, status] of PATHS) {
      await t.step(`HTTP/${version} ${path.slice(0, 40)}`, async () => {
        const head = await curl(path, "-I", `--http${version}`);
        assertEquals([head.code, head.status, head.stderr], [0, status, ""]);
        assertMatch(head.stdout, new RegExp(`^HTTP/${version} `));
        if (ENDLESS.includes(path)) return assertEquals(head.length, undefined);
        const got = await curl(path, "-i", `--http${version}`, "-w", "%{size_download}");
        // An answer that changes from one request to the next has another length each time.
        const isSteady = !/cameras|state|metrics|snapshot/.test(path);
        if (isSteady) assertEquals(head.length, got.stdout.match(/(\d+)$/)?.[1], path);
        else assertMatch(head.length ?? "", /^[1-9]\d*$/);
      });
    }
  }
  await t.step("without becoming a viewer", async () => {
    const { stdout } = await curl("/cameras", "--http2");
    assertEquals(JSON.parse(stdout)[0].viewers, 0);
  });
});
