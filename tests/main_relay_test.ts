import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { headers, type NatsConnection } from "@nats-io/nats-core/internal";
import { fileURLToPath } from "node:url";
import { parseRelayUrl } from "../lib/protocol/relay_url.ts";
import { dial } from "../lib/relay/broker/dial.ts";
import type { CameraInfo } from "../lib/server/camera_list.ts";
import { eventually } from "./testutil/eventually.ts";
import { openViewer, type TestViewer } from "./testutil/messages.ts";
import { freePort, type Nats, startNats } from "./testutil/nats.ts";
import { createNatsIdentity } from "./testutil/nats_identity.ts";
import { testWith } from "./testutil/needs.ts";
import { startSlowLine } from "./testutil/slow_line.ts";
import { together } from "./testutil/together.ts";
import { residentOf } from "./testutil/processes.ts";
import { runWscam, startWscam, type Wscam } from "./testutil/wscam.ts";

/** So long a recovery may take, and as much again for a machine that is busy with other tests. */
const RECOVERY = { within: 10_000 };
const QUICK = ["--fps", "20", "--linger", "0.5"];
const SMALL = ["--resolution", "160x120", ...QUICK];

function publisher({ host }: Nats, camera = "door=test", ...more: string[]): Promise<Wscam> {
  const rest = more.includes("--resolution") ? QUICK : SMALL;
  return startWscam(["--camera", camera, "--publish", `nats://${host}`, ...rest, ...more]);
}

function edge({ host }: { host: string }, camera = "door", ...more: string[]): Promise<Wscam> {
  return startWscam(["--camera", `nats://${host}/${camera}`, ...SMALL, ...more]);
}

async function camerasOf(server: Wscam): Promise<CameraInfo[]> {
  return await (await fetch(`${server.url}/cameras`)).json();
}

async function stateOf(server: Wscam): Promise<string | undefined> {
  return (await camerasOf(server))[0]?.state;
}

/** Waits until more pictures come than there are. */
async function moreImages(viewer: TestViewer, options = RECOVERY): Promise<void> {
  const before = viewer.images().length;
  await eventually(() => viewer.images().length > before + 3, { ...options, what: "more images" });
}

function ageOfLast(viewer: TestViewer): number {
  return Date.now() / 1000 - (viewer.images().at(-1)?.timestamp ?? 0);
}

async function client({ host }: Nats): Promise<NatsConnection> {
  return await dial(parseRelayUrl(`nats://${host}`).broker);
}

testWith(
  ["nats-server"],
  "a camera is shown by two edges, and open only while one has viewers",
  async () => {
    await using nats = await startNats();
    await using origin = await publisher(nats, "front door=test");
    await using one = await edge(nats, "front%20door");
    await using two = await edge(nats, "front%20door");
    await eventually(() => one.output.stderr.includes("Connected to nats://"));
    await eventually(() => two.output.stderr.includes("Connected to nats://"));
    assertEquals(await stateOf(origin), "closed");
    const start = performance.now();
    await using first = await openViewer(one.ws);
    await eventually(() => first.images().length > 0);
    assertLess(performance.now() - start, 5000);
    {
      await using second = await openViewer(two.ws);
      await eventually(() => second.images().length > 3);
      assertEquals(await stateOf(origin), "live");
      const [camera] = await camerasOf(two);
      assertEquals([camera?.name, camera?.state, camera?.resolution], [
        "front door",
        "live",
        "160x120",
      ]);
      assertEquals(camera?.source, `nats://${nats.host}/front door`);
      assertEquals([first.errors(), second.errors()], [[], []]);
    }
    await moreImages(first);
    assertEquals(await stateOf(origin), "live", "one edge still has a viewer");
    first.socket.close();
    await eventually(async () => await stateOf(origin) === "closed");
    await using again = await openViewer(two.ws);
    await eventually(() => again.images().length > 0);
  },
);

testWith(["nats-server"], "an edge", async (t) => {
  await together(t, {
    "that was killed doesn't keep the camera open": killedEdge,
    "that was stopped for 5 s shows the newest picture": stoppedEdge,
    "on a slow line shows fewer pictures, not older ones": edgeOnSlowLine,
    "tells its viewers a publisher's reason, once": edgeOfFailedCamera,
  });
});

async function killedEdge(): Promise<void> {
  await using nats = await startNats();
  await using origin = await publisher(nats);
  const dying = await edge(nats);
  const lost = await openViewer(dying.ws);
  await eventually(() => lost.images().length > 0);
  await dying.end("SIGKILL");
  await lost.closed;
  await eventually(async () => await stateOf(origin) === "closed", { within: 15_000 });
}

async function stoppedEdge(): Promise<void> {
  await using nats = await startNats();
  await using _origin = await publisher(nats);
  await using slow = await edge(nats);
  await using viewer = await openViewer(slow.ws);
  await eventually(() => viewer.images().length > 3);
  Deno.kill(slow.pid, "SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const before = viewer.images().length;
  Deno.kill(slow.pid, "SIGCONT");
  await eventually(() => viewer.images().length > before + 5 && ageOfLast(viewer) < 1, RECOVERY);
  const old = viewer.images().slice(before).filter(({ timestamp }, _, all) =>
    (all.at(-1)?.timestamp ?? 0) - timestamp > 2.5
  );
  assertLess(old.length, 10, "of some 100 that waited");
}

async function edgeOnSlowLine(): Promise<void> {
  await using nats = await startNats();
  const large = ["--resolution", "640x480"];
  await using _origin = await publisher(nats, "door=test", ...large);
  await using line = startSlowLine(nats.port, 150_000);
  await using slow = await edge(line);
  await using viewer = await openViewer(slow.ws);
  await eventually(() => viewer.images().length > 3);
  const ages: number[] = [];
  for (let second = 0; second < 8; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    ages.push(ageOfLast(viewer));
  }
  assertLess(Math.max(...ages), 4, `seconds: ${ages.map((age) => age.toFixed(1)).join(" ")}`);
  assertEquals(viewer.errors(), []);
  assertEquals(slow.output.stderr.match(/come late/g)?.length, 1, "said once");
}

async function edgeOfFailedCamera(): Promise<void> {
  await using nats = await startNats();
  await using _origin = await publisher(nats, "door=/no/such.mp4");
  await using relayed = await edge(nats);
  await using viewer = await openViewer(relayed.ws);
  await eventually(() => viewer.errors().length > 0);
  assertMatch(
    viewer.errors()[0]?.message ?? "",
    /^Camera door isn't there: \/no\/such.mp4 does not exist, trying again every 5 s$/,
  );
  await new Promise((resolve) => setTimeout(resolve, 3000));
  assertEquals(viewer.errors().length, 1);
}

testWith(
  ["nats-server"],
  "viewers stay while broker, publisher and another edge are killed",
  async (t) => {
    await using nats = await startNats();
    let origin = await publisher(nats);
    await using staying = await edge(nats);
    await using viewer = await openViewer(staying.ws);
    await eventually(() => viewer.images().length > 3);
    let isClosed = false;
    void viewer.closed.then(() => isClosed = true);

    await t.step("the broker, for a while", async () => {
      const errors = viewer.errors().length;
      await nats.end("SIGKILL");
      await eventually(() => viewer.errors().length > errors);
      assertMatch(
        viewer.errors().at(-1)?.message ?? "",
        /^Camera door can't be reached: nats:\/\/127.0.0.1:\d+ has ended the connection/,
      );
      const memory = residentOf(origin.pid);
      await new Promise((resolve) => setTimeout(resolve, 3000));
      assertLess(residentOf(origin.pid) - memory, 60e6);
      await nats.start();
      const start = performance.now();
      await moreImages(viewer);
      assertLess(performance.now() - start, RECOVERY.within);
      assertEquals(viewer.errors().length, errors + 1, "told once");
    });

    await t.step("another edge", async () => {
      const errors = viewer.errors().length;
      const other = await edge(nats);
      const dying = await openViewer(other.ws);
      await eventually(() => dying.images().length > 0);
      await other.end("SIGKILL");
      await dying.closed;
      await moreImages(viewer);
      assertEquals(viewer.errors().length, errors);
    });

    await t.step("the publisher", async () => {
      const errors = viewer.errors().length;
      await origin.end("SIGKILL");
      origin = await publisher(nats);
      await moreImages(viewer);
      assert(viewer.errors().length <= errors + 1, "told once at most");
    });

    await t.step("the publisher, in good order", async () => {
      const errors = viewer.errors().length;
      await origin.end();
      await eventually(() => viewer.errors().length > errors);
      assertMatch(
        viewer.errors().at(-1)?.message ?? "",
        /isn't there: nobody publishes 'door' on nats:/,
      );
      origin = await publisher(nats);
      await moreImages(viewer);
      assertEquals(viewer.errors().length, errors + 1, "told once");
    });
    assertEquals(isClosed, false);
    await origin.end();
  },
);

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
      await eventually(() => viewer.errors().length > 0, { within: 20_000 });
      // A machine that is very busy may find the camera frozen first.
      const words = /nats:\S+ has answered nothing for some seconds|is frozen: no picture/;
      assertMatch(viewer.errors()[0]?.message ?? "", words);
    } finally {
      Deno.kill(nats.pid, "SIGCONT");
    }
    await moreImages(viewer, { within: 20_000 });
    assertEquals(viewer.errors().filter(({ message }) => /nobody publishes/.test(message)), []);
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
    /does not allow us to listen to wscam.door.frame: give the user/,
  );
});

testWith(["nats-server"], "what a broker offers", async (t) => {
  await together(t, {
    "a server that isn't there, or is something else, is said to be so": absentBrokers,
    "a name that is published twice is said by all, and never mixed": nameGivenTwice,
    "'*' is every camera of a broker, as they come and go": everyCamera,
  });
});

async function absentBrokers(): Promise<void> {
  await using web = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response(),
  );
  using liar = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const lying = (async () => {
    for await (const connection of liar) {
      await connection.write(new TextEncoder().encode('INFO {"version":"none"}\r\n'));
      connection.close();
    }
  })().catch(() => {});
  const args = [
    ...["--camera", `liar=nats://127.0.0.1:${liar.addr.port}/door`],
    ...["--camera", "nobody=nats://127.0.0.1:1/door"],
    ...["--camera", "nowhere=nats://no-such-host.invalid/door"],
    ...["--camera", `web=nats://127.0.0.1:${web.addr.port}/door`],
  ];
  await using server = await startWscam(args);
  const expected = {
    liar: /can't be reached: nats:\/\/127.0.0.1:\d+ (has ended the connection|fails)/,
    nobody:
      /can't be reached: nats:\/\/127.0.0.1:1 refuses connections: no nats-server seems to run there/,
    nowhere: /can't be reached: nats:\/\/no-such-host.invalid:4222 has no address/,
    web: /can't be reached: nats:\/\/127.0.0.1:\d+ (is no NATS server|does not answer|has ended)/,
  };
  for (const [camera, words] of Object.entries(expected)) {
    await using viewer = await openViewer(`${server.ws}/?camera=${camera}`);
    await eventually(() => viewer.errors().length > 0, { within: 15_000 });
    assertMatch(viewer.errors()[0]?.message ?? "", words);
  }
  assert(!/Error|\n +at /.test(server.output.stdout), server.output.stdout);
  liar.close();
  await lying;
}

async function nameGivenTwice(): Promise<void> {
  await using nats = await startNats();
  let first: Wscam | undefined = await publisher(nats);
  await eventually(() => first?.output.stderr.includes("Connected to nats://"));
  await using second = await publisher(nats, "door=test", "--resolution", "80x64");
  await using relayed = await edge(nats);
  await eventually(() => /published on nats:.* by another wscam/.test(first?.output.stderr ?? ""));
  await eventually(() => /published on nats:.* by another wscam/.test(second.output.stderr));
  await eventually(() => /'door' is published twice on nats:/.test(relayed.output.stderr));
  await using viewer = await openViewer(relayed.ws);
  await eventually(() => viewer.images().length > 20);
  assertEquals((await camerasOf(relayed))[0]?.resolution, "160x120", "the one that began first");
  assertEquals(await stateOf(second), "closed", "nobody wants the other one");
  for (const { output } of [first, second]) {
    assertEquals(output.stderr.match(/by another wscam/g)?.length, 1, "said once");
  }
  await first.end("SIGKILL");
  first = undefined;
  await eventually(async () => (await camerasOf(relayed))[0]?.resolution === "80x64", RECOVERY);
  await moreImages(viewer);
}

async function everyCamera(): Promise<void> {
  await using nats = await startNats();
  await using one = await publisher(nats, "door=test", "--camera", "Hof 2.OG=test");
  await using relayed = await startWscam([
    "--camera",
    "own=test",
    "--camera",
    `nats://${nats.host}/*`,
    ...SMALL,
  ]);
  const names = async (): Promise<string> =>
    (await camerasOf(relayed)).map(({ name }) => name).sort().join();
  await eventually(async () => await names() === "Hof 2.OG,door,own");
  await using two = await publisher(nats, "Küche=test");
  await eventually(async () => await names() === "Hof 2.OG,Küche,door,own");
  await using kitchen = await openViewer(`${relayed.ws}/?camera=K%C3%BCche`);
  await eventually(() => kitchen.images().length > 3);
  await one.end();
  await eventually(async () => await names() === "Küche,own");
  await two.end();
  await eventually(() => kitchen.errors().length > 0);
  assertEquals(await names(), "Küche,own", "listed while somebody waits for it");
  // One that came later counts like any other, and is forgotten when it has gone.
  const health = await fetch(`${relayed.url}/healthz`);
  assertEquals([health.status, (await health.json()).problems.length], [503, 1]);
  const metrics = async (): Promise<string> => await (await fetch(`${relayed.url}/metrics`)).text();
  assertMatch(await metrics(), /wscam_frame_age_seconds_count{camera="Küche"}/);
  kitchen.socket.close();
  await eventually(async () => await names() === "own");
  assert(!/Küche/.test(await metrics()));
}

testWith(
  ["nats-server"],
  "a camera that comes to a broker is shown to viewers and guests who were there before",
  async () => {
    await using nats = await startNats();
    const token = "open sesame";
    await using relayed = await edge(nats, "*", "--token", token);
    // Nobody is there to say that there is no such camera yet, as somebody at port 8765 may.
    const nowhere = ["--url", "http://127.0.0.1:1"];
    const shared = await runWscam(["share", "--token", token, "--camera", "porch", ...nowhere]);
    const link = new URL(shared.stdout.trim()).searchParams.get("share");
    const address = `${relayed.ws}/?token=${encodeURIComponent(token)}`;
    await using any = await openViewer(`${address}&fps=5`);
    await using porch = await openViewer(`${address}&camera=porch&format=binary`);
    await using guest = await openViewer(`${relayed.ws}/?share=${link}`);
    await using other = await openViewer(`${address}&camera=never`);
    const viewers = [any, porch, guest, other];
    await eventually(() => viewers.every((viewer) => viewer.errors().length > 0));
    await using _door = await publisher(nats);
    await eventually(() => any.images().length > 1);
    await using _porch = await publisher(nats, "porch=test");
    await eventually(() => porch.files.length > 1 && guest.images().length > 1);
    for (const viewer of [porch, other]) viewer.command({ type: "configure", camera: "door" });
    await eventually(() => other.images().length > 1);
    const none = "Cannot show camera: there is none yet";
    assertEquals(viewers.map((each) => each.errors().map(({ message }) => message)), [
      ...[[none], [none], [none], [none]],
    ]);
    const stream = await fetch(`${relayed.url}/stream?camera=never`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assertEquals(stream.status, 404);
    await stream.body?.cancel();
  },
);

testWith(["nats-server"], "garbage and pictures of strangers are dropped", async () => {
  await using nats = await startNats();
  await using _origin = await publisher(nats);
  await using relayed = await edge(nats);
  await using viewer = await openViewer(relayed.ws);
  await eventually(() => viewer.images().length > 3);
  const stranger = await client(nats);
  let seen: string | undefined;
  const spy = stranger.subscribe("wscam.door.frame", {
    callback: (_error, message) => {
      seen = message.headers?.get("Wscam-Instance") ?? seen;
    },
  });
  const instance = await eventually(() => seen);
  spy.unsubscribe();
  const fields = (values: Record<string, string>) => {
    const all = headers();
    for (const [name, value] of Object.entries(values)) all.set(name, value);
    return { headers: all };
  };
  const good = { "Wscam-Timestamp": String(Date.now() / 1000), "Wscam-Sequence": "999999" };
  const jpeg = Uint8Array.fromBase64(viewer.images()[0]?.data ?? "");
  const marked = viewer.images().length;
  for (let i = 0; i < 20; i++) {
    stranger.publish("wscam.door.frame", crypto.getRandomValues(new Uint8Array(5000)));
    stranger.publish("wscam.door.frame", jpeg, fields({ ...good, "Wscam-Instance": "stranger" }));
    stranger.publish(
      "wscam.door.frame",
      jpeg.subarray(0, 900),
      fields({ ...good, "Wscam-Instance": instance }),
    );
    stranger.publish(
      "wscam.door.frame",
      jpeg,
      fields({ ...good, "Wscam-Instance": instance, "Wscam-Timestamp": "NaN" }),
    );
    stranger.publish(
      "wscam.door.frame",
      jpeg,
      fields({ ...good, "Wscam-Instance": instance, "Wscam-Sequence": "1" }),
    );
    stranger.publish("wscam.door.status", "{");
    stranger.publish("wscam.door.status", `{"instance":"x","since":"soon","state":"live"}`);
    stranger.publish("wscam.%zz.status", `{"instance":"x","since":0,"state":"live"}`);
    stranger.publish("wscam.door.want", new Uint8Array(9999));
  }
  await stranger.flush();
  await moreImages(viewer);
  await stranger.close();
  assertEquals(viewer.errors(), []);
  const times = viewer.images().slice(marked).map(({ timestamp }) => timestamp);
  assertEquals(times, times.toSorted((a, b) => a - b), "each newer than the one before");
  assert(viewer.images().slice(marked).every(({ data }) => data !== viewer.images()[0]?.data));
});

testWith(["nats-server"], "a file of credentials that can't be used ends the start", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "SECRET");
  for (
    const [path, words] of [
      ["/no/such.creds", "there is no such file"],
      [file, "it must hold a JWT"],
    ] as const
  ) {
    const { code, stderr: text } = await runWscam(
      ["-c", "nats://127.0.0.1:1/x", "--nats-creds", path],
    );
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
    fileURLToPath(new URL(`./testutil/tls/${name}`, import.meta.url));
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
    /certificate that isn't trusted here: name its .* DENO_CERT/,
  );
  await using tooMuch = await openViewer(`${wrong.ws}/?camera=plain`);
  await eventually(() => tooMuch.errors().length > 0);
  assertMatch(tooMuch.errors()[0]?.message ?? "", /speaks no TLS: take nats:\/\/ instead/);
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
    await eventually(() => viewer.images().length > 3, { within: 20_000 });
    await one.end();
    await moreImages(viewer);
    assertMatch(relayed.output.stderr, new RegExp(`Connected to nats://${one.host}`));
  },
);

testWith(["nats-server"], "the permissions in docs/nats.md are enough", async () => {
  const page = await Deno.readTextFile(new URL("../docs/nats.md", import.meta.url));
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
