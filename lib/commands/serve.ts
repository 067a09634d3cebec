import { cameraOs } from "../camera/ffmpeg_source.ts";
import { hasColor } from "../config/color.ts";
import type { NotifyConfig } from "../config/notify_config.ts";
import type { ServeConfig } from "../config/serve_config.ts";
import { loadEncoder } from "../encoder/jpeg.ts";
import { createLogger, type Logger, writeStdout } from "../log.ts";
import { openRelay } from "../relay/relay.ts";
import { relayReadings } from "../relay/relay_metrics.ts";
import { createMetrics, type Metrics } from "../server/metrics/metrics.ts";
import type { ListenAddress } from "../server/sockets/serve_http.ts";
import { type Server, startServer } from "../server/server.ts";
import { Cameras } from "../stream/cameras.ts";
import { banner } from "./serve/banner.ts";
import { exposureWarnings } from "./serve/exposure.ts";
import { explainListening } from "./serve/listen_problem.ts";
import { reportMissing } from "./serve/missing_cameras.ts";
import { startNotifier } from "./serve/notifier.ts";
import { followBrokers, publishCameras, relayOptions } from "./serve/follow_brokers.ts";
import { openCameras } from "./serve/open_cameras.ts";
import { keepCapabilities } from "../system/capabilities.ts";
import { untilSignal } from "../system/signals.ts";
import { VERSION } from "./version.ts";

/**
 * Serves cameras until SIGINT or SIGTERM.
 *
 * @param notify the service manager that wants to know how it goes, if there is one
 * @returns the exit status: 0, or 1 when the server failed
 */
export async function serve(config: ServeConfig, notify?: NotifyConfig): Promise<number> {
  keepCapabilities();
  const color = hasColor(Deno.stderr);
  using log = createLogger({ level: config.logLevel, format: config.logFormat, color });
  try {
    return await serveUntilSignal(config, { notify, log });
  } catch (error) {
    // Whoever reads the log as JSON gets this as well.
    log.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

async function serveUntilSignal(
  config: ServeConfig,
  { notify, log }: { notify: NotifyConfig | undefined; log: Logger },
): Promise<number> {
  using signal = untilSignal();
  await using stack = new AsyncDisposableStack();
  const metrics = createMetrics(VERSION);
  const relay = stack.use(await openRelay({ ...relayOptions(config), log }));
  if (config.publish || relay.brokers.length > 0) metrics.add(relayReadings(relay));
  const cameras = stack.use(new Cameras());
  const options = { ffmpeg: config.ffmpeg, relay, metrics, log };
  openCameras(cameras, config.cameras, options);
  stack.defer(cameras.each(({ name }) => () => metrics.forget(name)));
  if (config.publish) stack.defer(publishCameras(cameras, config.publish, options));
  stack.defer(await followBrokers(cameras, config.cameras, options));
  const server = await listen(cameras, { ...config, log, metrics });
  if (server === undefined) return 1;
  stack.use(server);
  const isTls = config.tls !== undefined;
  try {
    const names = cameras.all.map(({ name }) => name);
    const qrColumns = config.qr ? terminalColumns() : undefined;
    writeStdout(await banner(server.address, { cameras: names, isTls, qrColumns }));
  } catch (error) {
    // The disk is full, or nobody reads: viewers can come all the same.
    log.warn(`Cannot print the addresses: ${error instanceof Error ? error.message : error}`);
  }
  const hostname = config.unix === undefined ? config.host : undefined;
  const interfaces = Deno.networkInterfaces();
  exposureWarnings({ access: config.access, hostname, interfaces }).forEach(log.warn);
  if (notify !== undefined) stack.use(startNotifier(cameras, { ...notify, log }));
  if (mayEncode(config)) {
    // Before the first picture needs it, and not before viewers can come.
    loadEncoder().catch(({ message }: Error) => log.error(message));
  }
  const ending = Promise.race([signal.received, server.finished.catch((error) => error)]);
  const told = reportMissing(config.cameras, { ffmpeg: config.ffmpeg, os: cameraOs(), log });
  await Promise.race([told, ending]);
  const outcome = await ending;
  if (signal.wasReceived) return 0;
  log.error(
    `The server ended: ${outcome instanceof Error ? outcome.message : "for no known reason"}`,
  );
  return 1;
}

/** How wide the terminal is that reads stdout; nothing where a file or a program does. */
function terminalColumns(): number | undefined {
  return Deno.stdout.isTerminal() ? Deno.consoleSize().columns : undefined;
}

/** Whether pictures may come as pixels: the test picture always does, cameras depending on their modes. */
function mayEncode({ cameras }: ServeConfig): boolean {
  return cameras.some(({ source, capture: { encoder } }) =>
    source.kind === "test" ||
    source.kind !== "relay" && (encoder === "auto" || encoder === "imagescript")
  );
}

async function listen(
  cameras: Cameras,
  { host, port, unix, ...options }: ServeConfig & {
    log: Logger;
    metrics: Metrics;
  },
): Promise<Server | undefined> {
  const address = unix === undefined ? { hostname: host, port } : { path: unix };
  try {
    if (unix !== undefined) await removeStale(unix);
    return await startServer(cameras, { ...options, listen: address, version: VERSION });
  } catch (error) {
    const isOwn = error instanceof Error && /^Cannot use .--/.test(error.message);
    options.log.error(isOwn ? error.message : await cannotListen(address, error));
    return undefined;
  }
}

async function cannotListen(address: ListenAddress, problem: unknown): Promise<string> {
  const where = "path" in address ? address.path : `${address.hostname}:${address.port}`;
  const { reason, remedy } = await explainListening(address, problem);
  return `Cannot listen on ${where}: ${reason}; ${remedy}. More: wscam doctor`;
}

/** Removes the socket of a server that was killed: nobody answers on it any more. */
async function removeStale(path: string): Promise<void> {
  const isSocket = await Deno.stat(path).then(({ isSocket }) => isSocket, () => false);
  if (!isSocket) return;
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) await Deno.remove(path);
  }
}
