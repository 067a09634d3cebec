import { assertMatch } from "@std/assert";
import { explainListening } from "../../../lib/commands/serve/listen_problem.ts";
import type { ListenAddress } from "../../../lib/server/sockets/serve_http.ts";

Deno.test("explainListening() says what to do about a TCP address", async (t) => {
  const { errors } = Deno;
  const cases: [string, Error, RegExp][] = [
    ["127.0.0.1", new errors.AddrInUse("x"), /^it is in use; .*'--port'/],
    ["127.0.0.1", new errors.PermissionDenied("x"), /lacks the rights.*; take a port from 1024/],
    [
      "203.0.113.9",
      new errors.AddrNotAvailable("x"),
      /^203\.0\.113\.9 is not an address.*'--host'/,
    ],
    ["127.0.0.1", new Error("on fire"), /^on fire; choose another port with '--port'$/],
  ];
  for (const [hostname, problem, expected] of cases) {
    await t.step(problem.message, async () => {
      assertMatch(await words({ hostname, port: 80 }, problem), expected);
    });
  }
});

Deno.test("explainListening() knows what the runtime says of names that no host has", async (t) => {
  for (const hostname of ["300.1.1.1", " ", "http://127.0.0.1"]) {
    await t.step(hostname, async () => {
      const listener = { hostname, port: 0 };
      assertMatch(
        await words(listener, refusal(listener)),
        /^there is no host of the name '.*'; '--host' can be 0\.0\.0\.0 for all, or one of localhost/,
      );
    });
  }
});

Deno.test({
  name: "explainListening() says what to do about a Unix socket",
  ignore: Deno.build.os === "windows",
}, async (t) => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/file`, "mine");
  const cases: [string, RegExp][] = [
    [folder, /^what is there is not a socket; remove it, or choose another with '--unix'$/],
    [`${folder}/file`, /^what is there is not a socket; /],
    [`${folder}/no/x`, /^there is no folder .*\/no; make it, or choose another/],
    [`${folder}/${"x".repeat(120)}`, /^its path is too long; choose a shorter one/],
  ];
  for (const [path, expected] of cases) {
    await t.step(path.slice(folder.length), async () => {
      assertMatch(await words({ path }, refusal({ path })), expected);
    });
  }
  await Deno.remove(folder, { recursive: true });
});

async function words(listener: ListenAddress, problem: unknown): Promise<string> {
  const { reason, remedy } = await explainListening(listener, problem);
  return `${reason}; ${remedy}`;
}

/** The error from listening on an impossible address. */
function refusal(listener: ListenAddress): unknown {
  try {
    if ("path" in listener) Deno.listen({ transport: "unix", path: listener.path }).close();
    else Deno.listen(listener).close();
  } catch (error) {
    return error;
  }
  throw new Error("Cannot test: it listens there");
}
