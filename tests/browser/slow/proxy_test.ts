import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { launchBrowser } from "../testutil/browser.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { openRaw } from "../../testutil/client/raw_socket.ts";
import { run } from "../../testutil/program/run.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";
import { websocketFrame } from "../../testutil/client/websocket_frame.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const DOCUMENT = new URL("../../../docs/reverse-proxy.md", import.meta.url);
const TOKEN = "a token of some length";

/** The example of the documentation, for other ports. */
async function example(language: string, server: { port: number }): Promise<string> {
  const text = await Deno.readTextFile(DOCUMENT);
  const [, config = ""] = text.match(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "ms")) ?? [];
  return config.replaceAll("127.0.0.1:8765", `127.0.0.1:${server.port}`);
}

interface Proxy extends AsyncDisposable {
  readonly port: number;
}

/** Runs a proxy until it is disposed of. */
async function startProxy(
  command: string,
  args: string[],
  { dir, port }: { dir: string; port: number },
): Promise<Proxy> {
  const child = new Deno.Command(command, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    env: { HOME: dir, XDG_CONFIG_HOME: dir, XDG_DATA_HOME: dir },
  }).spawn();
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await child.status;
    await Deno.remove(dir, { recursive: true });
  };
  try {
    await eventually(() =>
      Deno.connect({ port, hostname: "127.0.0.1" }).then((c) => (c.close(), true), () => false)
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, [Symbol.asyncDispose]: stop };
}

/** A port that is free now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

async function startNginx(
  server: { port: number },
  { readTimeout = "1h" } = {},
): Promise<Proxy> {
  const [dir, port] = [await Deno.makeTempDir({ prefix: "wscam-nginx-" }), freePort()];
  const site = (await example("nginx", server))
    .replace("listen 80;", `listen 127.0.0.1:${port};`)
    .replace("proxy_read_timeout 1h;", `proxy_read_timeout ${readTimeout};`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${dir}/${name};`).join(" ");
  const config = `daemon off; pid ${dir}/pid; error_log ${dir}/error.log; events {}
    http { access_log off; ${temporary} ${site} }`;
  await Deno.writeTextFile(`${dir}/nginx.conf`, config);
  const args = ["-e", `${dir}/error.log`, "-p", dir, "-c", `${dir}/nginx.conf`];
  return await startProxy("nginx", args, { dir, port });
}

async function startCaddy(server: { port: number }): Promise<Proxy> {
  const [dir, port] = [await Deno.makeTempDir({ prefix: "wscam-caddy-" }), freePort()];
  const site = (await example("caddyfile", server))
    .replace("cam.example.org {", `http://cam.example.org:${port} {`);
  await Deno.writeTextFile(`${dir}/Caddyfile`, `{\n  admin off\n}\n${site}`);
  const args = ["run", "--config", `${dir}/Caddyfile`, "--adapter", "caddyfile"];
  return await startProxy("caddy", args, { dir, port });
}

const PROXIES = [["nginx", startNginx], ["caddy", startCaddy]] as const;

for (const [name, start] of PROXIES) {
  testWith(
    [name, "chromium", "curl"],
    `the page works behind ${name}, under a path, as the documentation says`,
    async (t) => {
      const allow = (port: number): string[] => [
        ...["--allow-origin", `http://cam.example.org:${port}`, "--trust-proxy", "127.0.0.1"],
      ];
      await using server = await startWscam(
        ["--camera", "door=test", "--resolution", "320x240", ...allow(80)],
        { env: { WSCAM_TOKEN: TOKEN } },
      );
      await using proxy = await start(server);
      const at = `http://cam.example.org:${proxy.port}/cam/`;
      const flags = ["--host-resolver-rules=MAP cam.example.org 127.0.0.1"];
      await using browser = await launchBrowser({ flags });
      await t.step("with a token in the address", async () => {
        const viewer = await browser.open(`${at}?token=${encodeURIComponent(TOKEN)}`);
        await viewer.untilState("live");
        assertEquals(viewer.page.url(), at);
        const [cookie] = await viewer.page.context().cookies();
        assertEquals([cookie?.path, cookie?.name], ["/cam", `wscam_${proxy.port}`]);
        await viewer.page.reload();
        await viewer.untilState("live");
        assertEquals(viewer.complaints, []);
      });
      await t.step("a name that wasn't given is refused", async () => {
        const text = await rawGet(proxy.port, "evil.example");
        assertMatch(text, name === "nginx" ? /^HTTP\/1\.1 403 / : /^HTTP\/1\.1 (200|403) /);
        assertEquals(text.includes("<title>wscam"), false);
      });
      await t.step("a guesser locks out nobody else, whatever he says of himself", async () => {
        const ask = async (from: string, token: string, forged: string): Promise<string> => {
          const { stdout } = await run("curl", [
            ...["-s", "-o", "/dev/null", "-w", "%{http_code}", "--interface", from],
            ...["-H", `Host: cam.example.org:${proxy.port}`, "-H", `X-Forwarded-For: ${forged}`],
            `http://127.0.0.1:${proxy.port}/cam/cameras?token=${encodeURIComponent(token)}`,
          ]);
          return stdout;
        };
        for (let i = 0; i < 10; i++) {
          assertEquals(await ask("127.0.0.2", `${i}`, `1.2.3.${i}`), "401");
        }
        assertEquals(await ask("127.0.0.2", "x", "1.2.3.99"), "429");
        assertEquals(await ask("127.0.0.2", TOKEN, "1.2.3.99"), "200");
        assertEquals(await ask("127.0.0.3", TOKEN, "127.0.0.2"), "200");
        assertStringIncludes(server.output.stderr, "Ten wrong tokens came from 127.0.0.2: ");
      });
    },
  );
}

testWith(["nginx"], "nginx takes a viewer that has paused for no dead one", async () => {
  await using server = await startTestServer({ limits: { pingMs: 100 } });
  await using proxy = await startNginx(server, { readTimeout: "3s" });
  using raw = await openRaw(proxy.port);
  await raw.shake("/cam/");
  await raw.write(websocketFrame('{"type":"pause"}'));
  let hex = "";
  // 5 s of nothing but pings: nginx would have ended it after three.
  while (!hex.endsWith("8900".repeat(50))) {
    const bytes = await raw.readSome();
    if (bytes.length === 0) throw new Error("nginx has ended the connection");
    hex = `${hex}${bytes.toHex()}`.slice(-400);
  }
});

async function rawGet(port: number, host: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(
    new TextEncoder().encode(`GET /cam/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
  );
  return await new Response(connection.readable).text();
}
