import { assert, assertEquals } from "@std/assert";
import { CAMERA, expectPictures, testAttacks } from "./attack.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { openRaw, type RawSocket } from "../../testutil/client/raw_socket.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

/** With a shell, a process can be given few descriptors and a stubborn child. */
const ignore = Deno.build.os !== "linux";

testAttacks("more connections than there are descriptors", [{
  name: "300, of 64",
  strike: async (server, witness) => {
    const idle = [];
    for (let i = 0; i < 300; i++) {
      const raw = await openRaw(server.port).catch(() => undefined);
      if (raw !== undefined) idle.push(raw);
    }
    await expectPictures(witness);
    // The idle ones must give way.
    await using viewer = await eventually(() => openViewer(server.ws).catch(() => undefined));
    await eventually(() => viewer.images().length > 0);
    for (const raw of idle) raw[Symbol.dispose]();
  },
}], { descriptors: 64 });

Deno.test("serve() refuses viewers that would take the last descriptors", { ignore }, async () => {
  await using server = await startWscam(CAMERA, { descriptors: 64 });
  const viewers: RawSocket[] = [];
  const statuses = new Set<string>();
  for (let i = 0; i < 40; i++) {
    const raw = await openRaw(server.port).catch(() => undefined);
    if (raw === undefined) continue;
    viewers.push(raw);
    await raw.ask().catch(() => {});
    const answer = await raw.readSome().catch(() => new Uint8Array());
    statuses.add(new TextDecoder().decode(answer).slice(9, 12));
  }
  assert(statuses.has("101") && statuses.has("503"), [...statuses].join());
  for (const raw of viewers) raw[Symbol.dispose]();
});

/** An ffmpeg that does nothing, and doesn't end when it is asked to. */
async function stubbornFfmpeg(): Promise<string> {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n");
  await Deno.chmod(path, 0o755);
  return path;
}

Deno.test("serve() ends soon, with 200 viewers, some stalled, and an ffmpeg that hangs", {
  ignore,
}, async () => {
  const ffmpeg = await stubbornFfmpeg();
  await using server = await startWscam([...CAMERA, "--camera", "0", "--ffmpeg", ffmpeg]);
  const viewers = await Promise.all(Array.from({ length: 100 }, () => openViewer(server.ws)));
  const stalled = await Promise.all(Array.from({ length: 100 }, async (_, i) => {
    const raw = await openRaw(server.port);
    await raw.ask(i % 2 ? "/" : "/?camera=0");
    return raw;
  }));
  await eventually(() => viewers.every((viewer) => viewer.images().length > 5));
  // It is killed when it takes longer than anybody waits.
  assertEquals((await server.end()).code, 0);
  for (const viewer of viewers) assertEquals((await viewer.closed).code, 1001);
  for (const raw of stalled) raw[Symbol.dispose]();
  await Deno.remove(ffmpeg);
});
