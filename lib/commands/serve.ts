import { cameraOs } from "../camera/ffmpeg_source.ts";
import { createSource } from "../camera/create_source.ts";
import { describeSource } from "../camera/source_spec.ts";
import type { ServeConfig } from "../config.ts";
import { createLogger, type Logger, writeStdout } from "../log.ts";
import { type Server, startServer } from "../server/server.ts";
import { type Channel, createChannel } from "../stream/channel.ts";
import { viewerHosts } from "./addresses.ts";
import { reportMissing } from "./missing_cameras.ts";
import { reportChanges } from "./report_changes.ts";
import { untilSignal } from "./signals.ts";
import { VERSION } from "./version.ts";

/**
 * Serves cameras until SIGINT or SIGTERM.
 *
 * @returns the exit status: 0, or 1 when the server failed
 */
export async function serve(config: ServeConfig): Promise<number> {
  const log = createLogger({ level: config.logLevel, format: config.logFormat });
  using signal = untilSignal();
  await using stack = new AsyncDisposableStack();
  const channels = config.cameras.map((spec) => {
    const channel = createChannel(createSource(spec.source, config), {
      ...{ name: spec.name, description: describeSource(spec.source) },
      ...{ fps: config.fps, quality: config.quality },
      ...{ lingerMs: config.lingerMs, alwaysOn: config.alwaysOn },
    });
    stack.use(channel.camera);
    stack.defer(reportChanges(channel, { asked: config.resolution, log }));
    return channel;
  });
  const server = await listen(channels, config, log);
  if (server === undefined) return 1;
  stack.use(server);
  writeStdout(banner(server.address, channels));
  await reportMissing(config.cameras, { ffmpeg: config.ffmpeg, os: cameraOs(), log });
  const outcome = await Promise.race([signal.received, server.finished.catch((error) => error)]);
  if (signal.wasReceived) return 0;
  log.error(
    `The server ended: ${outcome instanceof Error ? outcome.message : "for no known reason"}`,
  );
  return 1;
}

async function listen(
  channels: readonly Channel[],
  { host, port, unix, maxClients }: ServeConfig,
  log: Logger,
): Promise<Server | undefined> {
  const address = unix === undefined ? { hostname: host, port } : { path: unix };
  try {
    return await startServer(channels, { listen: address, maxClients, log });
  } catch (error) {
    const where = unix ?? `${host}:${port}`;
    const isTaken = error instanceof Deno.errors.AddrInUse;
    const remedy = unix === undefined ? "choose another with '--port'" : "remove that file";
    const reason = error instanceof Error ? error.message : String(error);
    log.error(`Cannot listen on ${where}: ${isTaken ? `it is in use; ${remedy}` : reason}`);
    return undefined;
  }
}

/** What a viewer can type. */
function banner(address: Deno.Addr, channels: readonly Channel[]): string {
  const names = channels.map(({ name }) => name).join(", ");
  const lines = [`wscam ${VERSION}, ${channels.length === 1 ? "camera" : "cameras"} ${names}`];
  if (address.transport === "unix") return [...lines, `  unix:${address.path}`, ""].join("\n");
  if (address.transport !== "tcp") return [...lines, ""].join("\n");
  const { hostname, port } = address;
  for (const host of viewerHosts(hostname, Deno.networkInterfaces())) {
    const at = `${host}:${port}`;
    lines.push(`  page http://${at}/`.padEnd(40) + ` WebSocket ws://${at}`);
  }
  return [...lines, ""].join("\n");
}
