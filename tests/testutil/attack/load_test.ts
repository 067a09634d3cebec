import { assertEquals, assertGreater } from "@std/assert";
import { buildFanLimit, runLoad } from "./load.ts";
import { testWith } from "../needs.ts";

testWith(["cc"], "runLoad() counts what viewers get", async () => {
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    const timer = setInterval(() => {
      if (socket.readyState !== WebSocket.OPEN) return;
      const timestamp = Date.now() / 1000;
      socket.send(JSON.stringify({ type: "image", data: "A".repeat(1000), timestamp }));
    }, 20);
    socket.onclose = () => clearInterval(timer);
    return response;
  });
  const result = await runLoad({ port: server.addr.port, n: 3, seconds: 0.5, warm: 0.2 });
  assertEquals([result.clients, result.failed, result.errors], [3, 0, 0]);
  assertGreater(result.frames, 3);
  assertGreater(result.fps.median, 1);
  assertGreater(result.ageMs.p50, -1);
});

testWith(["cc"], "buildFanLimit() gives a program", async () => {
  assertEquals((await Deno.stat(await buildFanLimit())).isFile, true);
});
