import { createLogger } from "../../lib/log.ts";
import { createMetrics } from "../../lib/server/metrics/metrics.ts";
import { type Server, startServer } from "../../lib/server/server.ts";
import { Cameras } from "../../lib/stream/cameras.ts";
import type { ServedCamera } from "../../lib/stream/served_camera.ts";

/** The address of tests. */
export const LOOPBACK = { hostname: "127.0.0.1", port: 0 };

/** A server, with what it logs. */
export interface Listening extends AsyncDisposable {
  readonly server: Server;
  readonly url: string;
  readonly ws: string;
  readonly port: number;
  readonly logged: string[];
}

/** Starts a server on a free port. */
export async function start(
  cameras: readonly ServedCamera[],
  { maxClients = 10 } = {},
): Promise<Listening> {
  const logged: string[] = [];
  const log = createLogger({ write: (line) => logged.push(line) });
  const server = await startServer(new Cameras(cameras), {
    listen: LOOPBACK,
    maxClients,
    log,
    metrics: createMetrics("1.2.3"),
    version: "1.2.3",
  });
  const { port } = server.address as Deno.NetAddr;
  const [url, ws] = [`http://127.0.0.1:${port}`, `ws://127.0.0.1:${port}`];
  return { server, url, ws, port, logged, [Symbol.asyncDispose]: () => server.close() };
}
