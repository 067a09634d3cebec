/**
 * The floor for a server in Deno: it only sends each viewer a prebuilt message of KIB KiB, 30 times
 * a second: `bare_sender.ts KIB`.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- the address is its output
const FPS = 30;
const body = `{"type":"image","data":"${"A".repeat(Number(Deno.args[0]) * 1024)}"`;
const viewers = new Set<WebSocket>();

// As wscam does: without it, Deno copies each message once more.
Deno.env.set("DENO_USE_WRITEV", "1");
const server = Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`ws://127.0.0.1:${port}`),
}, (request) => {
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.onopen = () => viewers.add(socket);
  socket.onclose = () => viewers.delete(socket);
  socket.onerror = (event) => event.preventDefault();
  return response;
});
setInterval(send, 1000 / FPS);
Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
await server.finished;

function send(): void {
  if (viewers.size === 0) return;
  const message = `${body},"timestamp":${(Date.now() / 1000).toFixed(3)}}`;
  for (const viewer of viewers) if (viewer.bufferedAmount === 0) viewer.send(message);
}
