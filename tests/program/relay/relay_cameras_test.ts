import { assert, assertEquals, assertMatch } from "@std/assert";
import { headers, type NatsConnection } from "@nats-io/nats-core/internal";
import { parseRelayUrl } from "../../../lib/protocol/relay_url.ts";
import { dial } from "../../../lib/relay/broker/dial.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { type Nats, startNats } from "../../testutil/relay/nats.ts";
import { testWith } from "../../testutil/needs.ts";
import {
  camerasOf,
  edge,
  moreImages,
  publisher,
  RECOVERY,
  SMALL,
  stateOf,
} from "../../testutil/relay/relayed.ts";
import { together } from "../../testutil/together.ts";
import { runWscam, startWscam, type Wscam } from "../../testutil/program/wscam.ts";

async function client({ host }: Nats): Promise<NatsConnection> {
  return await dial(parseRelayUrl(`nats://${host}`).broker);
}

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
    web:
      /can't be reached: nats:\/\/127.0.0.1:\d+ (is not a NATS server|does not answer|has ended)/,
  };
  for (const [camera, words] of Object.entries(expected)) {
    await using viewer = await openViewer(`${server.ws}/?camera=${camera}`);
    await eventually(() => viewer.errors().length > 0);
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
  // A camera that came later counts like any other, and is forgotten when it is gone.
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
    // No server is there to answer that the camera doesn't exist yet, as one at port 8765 might.
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
      [none],
      [none],
      [none],
      [none],
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
