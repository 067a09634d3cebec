import { createTestPicture } from "../../../lib/camera/test_picture/test_picture.ts";
import type { Source } from "../../../lib/camera/source.ts";
import { createLogger } from "../../../lib/log.ts";
import { createMetrics } from "../../../lib/server/metrics/metrics.ts";
import { startServer } from "../../../lib/server/server.ts";
import type { ConnectionLimits } from "../../../lib/server/sockets/verdict.ts";
import { Cameras } from "../../../lib/stream/cameras.ts";
import { Encoders } from "../../../lib/stream/encoders.ts";
import { ServedCamera } from "../../../lib/stream/served_camera.ts";

/** A server in this process, with one camera. */
export interface TestServer extends AsyncDisposable {
  readonly served: ServedCamera;
  readonly port: number;
  readonly url: string;
  readonly ws: string;
  /** The lines of its log. */
  readonly logged: readonly string[];
}

export interface TestServerOptions {
  /** @default {64} */
  width?: number;
  /** @default {48} */
  height?: number;
  /** @default {30} */
  fps?: number;
  /** @default the test picture */
  source?: Source;
  /** The limits of connections. @default the real ones */
  limits?: Partial<ConnectionLimits>;
  /** @default "127.0.0.1" */
  hostname?: string;
  /** @default {100} */
  maxClients?: number;
  /** Which ffmpeg encodes. @default "ffmpeg" */
  ffmpeg?: string;
}

/** Serves a camera on a free port of loopback. */
export async function startTestServer(
  {
    width = 64,
    height = 48,
    fps = 30,
    source,
    limits = {},
    hostname = "127.0.0.1",
    maxClients = 100,
    ffmpeg = "ffmpeg",
  }: TestServerOptions = {},
): Promise<TestServer> {
  const logged: string[] = [];
  const metrics = createMetrics("1.2.3");
  const served = new ServedCamera(source ?? createTestPicture({ width, height, fps }), {
    name: "test",
    description: "test",
    fps,
    quality: 80,
    createEncoders: (camera) => new Encoders({ ffmpeg, ...camera }),
    lingerMs: 100,
    ...metrics.meterOf("test"),
  });
  const server = await startServer(new Cameras([served]), {
    listen: { hostname, port: 0 },
    maxClients,
    limits,
    log: createLogger({ write: (line) => logged.push(line) > 0 }),
    metrics,
    version: "1.2.3",
  });
  const { port } = server.address as Deno.NetAddr;
  return {
    served,
    port,
    url: `http://127.0.0.1:${port}`,
    logged,
    ws: `ws://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await server.close();
      await served.close();
    },
  };
}
