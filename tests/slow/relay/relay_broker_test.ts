import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { freePort, startNats } from "../../testutil/relay/nats.ts";
import { createNatsIdentity } from "../../testutil/relay/nats_identity.ts";
import { testWith } from "../../testutil/needs.ts";
import { camerasOf, edge, moreImages, publisher, SMALL } from "../../testutil/relay/relayed.ts";
import { runEach } from "../../testutil/program/run_each.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

testWith(
  ["nats-server"],
  "a broker that answers no more is what viewers read of, and not its publisher",
  async () => {
    await using nats = await startNats();
    await using _origin = await publisher(nats);
    await using relayed = await edge(nats);
    await using viewer = await openViewer(relayed.ws);
    await eventually(() => viewer.images().length > 3);
    Deno.kill(nats.pid, "SIGSTOP");
    try {
      await eventually(() => viewer.errors().length > 0);
      // A machine that is very busy may find the camera frozen first.
      const words = /nats:\S+ has not answered for some seconds|is frozen: no picture/;
      assertMatch(viewer.errors()[0]?.message ?? "", words);
    } finally {
      Deno.kill(nats.pid, "SIGCONT");
    }
    await moreImages(viewer);
    assertEquals(viewer.errors().filter(({ message }) => /no wscam publishes/.test(message)), []);
  },
);

testWith(
  ["nats-server"],
  "pictures larger than the broker takes are left out, and the remedy is named",
  async () => {
    await using nats = await startNats("max_payload: 2KB");
    await using origin = await publisher(nats);
    await using relayed = await edge(nats);
    await using viewer = await openViewer(relayed.ws);
    await eventually(() => viewer.errors().length > 0);
    const remedy =
      /has pictures of \d+ KiB and the broker nats:\S+ takes 2 KiB: raise 'max_payload'/;
    assertMatch(viewer.errors()[0]?.message ?? "", remedy);
    await using own = await openViewer(origin.ws);
    await moreImages(own);
    assertEquals(origin.output.stderr.match(/raise 'max_payload'/g)?.length, 1, "warned once");
    assertEquals(viewer.images(), []);
  },
);

testWith(
  ["nats-server"],
  "wrong users and passwords are said on both sides, and never shown",
  async () => {
    await using nats = await startNats(`authorization { user: "cam", password: "right" }`);
    const where = (identity: string): string => `nats://${identity}${nats.host}`;
    for (
      const [identity, words] of [
        ["cam:wrong%40secret@", "refuses its user or password"],
        ["secret@", "refuses the token in its URL"],
        ["", "wants a user"],
      ] as const
    ) {
      await using both = await startWscam(
        [
          "--camera",
          "own=test",
          "--publish",
          where(identity),
          "--camera",
          `${where(identity)}/door`,
        ],
      );
      await using viewer = await openViewer(`${both.ws}/?camera=door`);
      await eventually(() => viewer.errors().length > 0);
      assertMatch(viewer.errors()[0]?.message ?? "", new RegExp(`nats://${nats.host} ${words}`));
      await eventually(() => both.output.stderr.includes(words));
      const list = JSON.stringify(await camerasOf(both));
      assert(
        !/secret/.test(
          both.output.stderr + both.output.stdout + list + JSON.stringify(viewer.messages),
        ),
      );
    }
    await using origin = await startWscam([
      "--camera",
      "door=test",
      "--publish",
      where("cam:right@"),
      ...SMALL,
    ]);
    await using relayed = await startWscam(["--camera", `${where("cam:right@")}/door`, ...SMALL]);
    await using viewer = await openViewer(relayed.ws);
    await eventually(() => viewer.images().length > 0);
    assertEquals([origin, relayed].filter(({ output }) => /right/.test(output.stderr)), []);
  },
);

testWith(["nats-server"], "a broker's permissions are named where they are missing", async () => {
  const rights = `{ publish: "wscam.*.want", subscribe: "wscam.*.status" }`;
  await using nats = await startNats(
    `authorization { users: [{ user: "e", password: "e", permissions: ${rights} }] }`,
  );
  await using relayed = await startWscam(["--camera", `nats://e:e@${nats.host}/door`]);
  await using viewer = await openViewer(relayed.ws);
  await eventually(() => viewer.errors().length > 0);
  assertMatch(viewer.errors()[0]?.message ?? "", /can't be seen: .* \(wscam.door.frame\)/);
  assertMatch(
    relayed.output.stderr,
    /does not allow this user to listen to wscam.door.frame: give it/,
  );
});

testWith(["nats-server"], "a file of credentials that can't be used ends the start", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "SECRET");
  const cases = [
    ["/no/such.creds", "there is no such file"],
    [file, "it must hold a JWT"],
  ] as const;
  const ended = await runEach(
    cases.map(([path]) => ["-c", "nats://127.0.0.1:1/x", "--nats-creds", path]),
  );
  for (const [i, [path, words]] of cases.entries()) {
    const { code, stderr: text = "" } = ended[i] ?? {};
    assertEquals(code, 1);
    assertStringIncludes(text, ` error Cannot use '--nats-creds' ${path}: ${words}`);
    assert(!text.includes("SECRET"));
  }
  await Deno.remove(file);
});

testWith(["nats-server"], "a file of credentials signs in", async () => {
  const { config, creds } = createNatsIdentity();
  await using nats = await startNats(config);
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, creds);
  await using _origin = await publisher(nats, "door=test", "--nats-creds", file);
  await using relayed = await edge(nats, "door", "--nats-creds", file);
  await using viewer = await openViewer(relayed.ws);
  await eventually(() => viewer.images().length > 0);
  const stranger = createNatsIdentity();
  await Deno.writeTextFile(file, stranger.creds);
  await using refused = await edge(nats, "door", "--nats-creds", file);
  await using other = await openViewer(refused.ws);
  await eventually(() => other.errors().length > 0);
  assertMatch(other.errors()[0]?.message ?? "", /refuses the credentials in \/tmp/);
  await Deno.remove(file);
});

testWith(["nats-server"], "TLS is taken, asked for, and explained where it fails", async () => {
  const path = (name: string): string =>
    fileURLToPath(new URL(`../../testutil/network/tls/${name}`, import.meta.url));
  const tls = `tls { cert_file: "${path("server.pem")}", key_file: "${path("server.key")}" }`;
  await using nats = await startNats(tls);
  await using plain = await startNats();
  const env = { DENO_CERT: path("authority.pem") };
  const url = `tls://localhost:${nats.port}`;
  await using _origin = await startWscam(["-c", "door=test", "--publish", url, ...SMALL], { env });
  // Over nats:// it is the server that asks for TLS.
  await using relayed = await startWscam(["-c", `nats://localhost:${nats.port}/door`, ...SMALL], {
    env,
  });
  await using viewer = await openViewer(relayed.ws);
  await eventually(() => viewer.images().length > 0);
  await using wrong = await startWscam([
    "-c",
    `${url}/door`,
    "-c",
    `plain=tls://${plain.host}/door`,
  ]);
  await using untrusted = await openViewer(wrong.ws);
  await eventually(() => untrusted.errors().length > 0);
  assertMatch(
    untrusted.errors()[0]?.message ?? "",
    /certificate that isn't trusted here: set DENO_CERT to the file of its authority/,
  );
  await using tooMuch = await openViewer(`${wrong.ws}/?camera=plain`);
  await eventually(() => tooMuch.errors().length > 0);
  assertMatch(tooMuch.errors()[0]?.message ?? "", /doesn't speak TLS: use nats:\/\/ instead/);
});

testWith(
  ["nats-server"],
  "the other servers of a cluster stand in for one that is killed",
  async () => {
    const [first, second] = [freePort(), freePort()];
    const cluster = (port: number, other: number): string =>
      `cluster { name: test, host: "127.0.0.1", port: ${port}, routes: ["nats://127.0.0.1:${other}"] }`;
    await using one = await startNats(cluster(first, second));
    await using two = await startNats(cluster(second, first));
    await using _origin = await publisher(two);
    await using relayed = await edge(one);
    await using viewer = await openViewer(relayed.ws);
    await eventually(() => viewer.images().length > 3);
    await one.end();
    await moreImages(viewer);
    assertMatch(relayed.output.stderr, new RegExp(`Connected to nats://${one.host}`));
  },
);

testWith(["nats-server"], "the permissions in docs/nats.md are enough", async () => {
  const page = await Deno.readTextFile(new URL("../../../docs/nats.md", import.meta.url));
  const [users = ""] = page.match(/^authorization \{$.*?^\}$/ms) ?? [];
  await using nats = await startNats(users.replace("$DOOR", "d").replace("$EDGE", "e"));
  const where = (identity: string): string => `nats://${identity}@${nats.host}`;
  await using origin = await startWscam([
    "-c",
    "door=test",
    "--publish",
    where("door:d"),
    ...SMALL,
  ]);
  for (const camera of ["door", "*"]) {
    await using relayed = await startWscam(["-c", `${where("edge:e")}/${camera}`, ...SMALL]);
    await eventually(async () => (await camerasOf(relayed)).length > 0);
    await using viewer = await openViewer(`${relayed.ws}/?camera=door`);
    await eventually(() => viewer.images().length > 3);
    assert(!/does not allow/.test(relayed.output.stderr + origin.output.stderr));
  }
});
