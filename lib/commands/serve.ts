import { isDrawn } from "../camera/source_kinds.ts";
import { isEveryCamera } from "../config/camera_config.ts";
import { hasColor } from "../config/color.ts";
import type { ConfigSource } from "../config/config_source.ts";
import type { NotifyConfig } from "../config/commands/notify_config.ts";
import type { ServeConfig } from "../config/commands/serve_config.ts";
import {
  loadPixelEncoder,
  type PixelEncoder,
  takesPixels,
  USUAL_PIXEL_ENCODER,
} from "../jpeg/pixel_encoders.ts";
import { type AdjustableLogger, createLogger, type Logger } from "../log.ts";
import { openRelay } from "../relay/relay.ts";
import { relayReadings } from "../relay/relay_metrics.ts";
import { createMetrics, type Metrics } from "../server/metrics/metrics.ts";
import { addressText } from "../server/sockets/address_text.ts";
import type { ListenAddress } from "../server/sockets/serve_http.ts";
import { type Server, startServer } from "../server/server.ts";
import { KeyPairError } from "../server/tls/certificate.ts";
import { Cameras } from "../stream/cameras.ts";
import { type EncodedCamera, Encoders } from "../stream/encoders.ts";
import { announce, tellOfCameras } from "./serve/announce.ts";
import { explainListening } from "./serve/listen_problem.ts";
import { DOCTOR } from "./serve/missing_cameras.ts";
import { startNotifier } from "./serve/notifier.ts";
import { followBroker, publishCameras, relayOptions } from "./serve/follow_brokers.ts";
import { CameraOpener } from "./serve/camera_opener.ts";
import { Overrides } from "./serve/reload/overrides.ts";
import { ConfiguredCameras } from "./serve/reload/configured_cameras.ts";
import { openStateFile } from "./serve/reload/state_file.ts";
import { createTakeUp, type TakeUpOptions } from "./serve/reload/take_up.ts";
import { ConfigWatch } from "./serve/reload/config_watch.ts";
import { keepCapabilities } from "../system/capabilities.ts";
import { untilSignal } from "../system/signals.ts";
import { VERSION } from "./version.ts";

/** The means of {@linkcode serve}. */
export interface ServeOptions {
  /** The configuration that was read last. */
  config: ServeConfig;
  /** Its origin, to be read again. */
  source: ConfigSource;
  /** The result of {@linkcode ConfigSource.look} before it was read. */
  seen: string;
  /** The service manager to keep informed, if there is one. */
  notify: NotifyConfig | undefined;
}

/**
 * Serves cameras until SIGINT or SIGTERM.
 *
 * @returns the exit status: 0, or 1 when the server failed
 */
export async function serve(options: ServeOptions): Promise<number> {
  keepCapabilities();
  const color = hasColor(Deno.stderr);
  const { logLevel: level, logFormat: format } = options.config;
  using log = createLogger({ level, format, color });
  try {
    return await serveUntilSignal(options, log);
  } catch (error) {
    // Programs that read the log as JSON get this too.
    log.error(`${error instanceof Error ? error.message : error}. ${DOCTOR}`);
    return 1;
  }
}

async function serveUntilSignal(options: ServeOptions, log: AdjustableLogger): Promise<number> {
  const { config, source, seen, notify } = options;
  let readAgain = (): void => {};
  using signal = untilSignal(() => readAgain());
  await using stack = new AsyncDisposableStack();
  const { cameras, metrics, ...parts } = await openParts(stack, options, log);
  const server = await listen(cameras, config, { log, metrics });
  if (server === undefined) return 1;
  stack.use(server);
  await announce(server, cameras, { config, log });
  if (notify !== undefined) stack.use(startNotifier(cameras, { ...notify, log }));
  for (const encoder of neededEncoders(config)) {
    // Loaded before the first picture needs it, but after viewers can connect.
    loadPixelEncoder(encoder).catch(({ message }: Error) => log.error(`${message}. ${DOCTOR}`));
  }
  const apply = createTakeUp(config, { ...parts, server, log });
  const watch = stack.use(new ConfigWatch(source, seen, { apply, log }));
  readAgain = () => watch.reload();
  const ending = Promise.race([signal.received, server.finished.catch((error) => error)]);
  const ended = new AbortController();
  stack.defer(() => ended.abort());
  void tellOfCameras(config, { log, signal: ended.signal });
  const outcome = await ending;
  if (signal.wasReceived) return 0;
  log.error(
    `The server ended: ${outcome instanceof Error ? outcome.message : "for no known reason"}`,
  );
  return 1;
}

/** Everything that pictures pass through, except the port. */
interface ServedParts extends Omit<TakeUpOptions, "server" | "log"> {
  cameras: Cameras;
  metrics: Metrics;
}

/**
 * Publishers announce themselves every second; the start waits this long for a broker's cameras.
 */
const FIND_MS = 1500;

/** Registers all cameras, and publishes them if that is wanted. */
async function openParts(
  stack: AsyncDisposableStack,
  { config, source }: ServeOptions,
  log: AdjustableLogger,
): Promise<ServedParts> {
  const metrics = createMetrics(VERSION);
  const relay = stack.use(await openRelay({ ...relayOptions(config), log }));
  // A reloaded file may name a broker.
  if (config.publish || relay.brokers.length > 0 || source.hasFiles) {
    metrics.add(relayReadings(relay));
  }
  const state = config.stateFile === undefined
    ? undefined
    : stack.use(await openStateFile(config.stateFile, log));
  const overrides = state?.overrides ?? new Overrides();
  const cameras = stack.use(new Cameras());
  const { ffmpeg, h264Encoder } = config;
  const createEncoders = (camera: EncodedCamera): Encoders =>
    new Encoders({ ffmpeg, h264Encoder, ...camera });
  const opener = new CameraOpener({ ffmpeg, createEncoders, relay, metrics, log, overrides });
  const configured = stack.use(
    new ConfiguredCameras(cameras, {
      open: (camera, ready) => opener.open(camera, ready),
      follow: (broker, onOpen) => followBroker(cameras, broker, { opener, relay, log, onOpen }),
    }),
  );
  await configured.apply(config.cameras);
  stack.defer(cameras.each(({ name }) => () => metrics.forget(name)));
  const publisher = stack.use(createPublisher(cameras, { relay, log }));
  publisher.to(config.publish);
  if (config.cameras.some(isEveryCamera)) {
    await new Promise((resolve) => setTimeout(resolve, FIND_MS));
  }
  return { cameras, metrics, configured, relay, publish: publisher.to };
}

/** Publishes the cameras to one broker at a time. */
function createPublisher(
  cameras: Cameras,
  options: Parameters<typeof publishCameras>[2],
): Disposable & { to: (address: ServeConfig["publish"]) => void } {
  let stop: (() => void) | undefined;
  return {
    to(address) {
      stop?.();
      stop = address && publishCameras(cameras, address, options);
    },
    [Symbol.dispose]: () => stop?.(),
  };
}

/**
 * The encoders that are needed for sure. For other cameras they are loaded as soon as the cameras'
 * modes are known.
 */
function neededEncoders({ cameras }: ServeConfig): Set<PixelEncoder> {
  const needed = cameras.flatMap(({ source, capture: { encoder } }) => {
    if (source.kind === "relay") return [];
    if (takesPixels(encoder)) return [encoder];
    return isDrawn(source) ? [USUAL_PIXEL_ENCODER] : [];
  });
  return new Set(needed);
}

async function listen(
  cameras: Cameras,
  { host, port, unix, maxClients, access, tls }: ServeConfig,
  { log, metrics }: { log: Logger; metrics: Metrics },
): Promise<Server | undefined> {
  const address = unix === undefined ? { hostname: host, port } : { path: unix };
  try {
    if (unix !== undefined) await removeStale(unix);
    const asked = { listen: address, maxClients, access, tls };
    return await startServer(cameras, { ...asked, log, metrics, version: VERSION });
  } catch (error) {
    const isAboutFiles = error instanceof KeyPairError;
    const problem = isAboutFiles ? error.message : await cannotListen(address, error);
    log.error(`${problem}. ${DOCTOR}`);
    return undefined;
  }
}

async function cannotListen(address: ListenAddress, problem: unknown): Promise<string> {
  const where = "path" in address ? address.path : addressText({ transport: "tcp", ...address });
  const { reason, remedy } = await explainListening(address, problem);
  return `Cannot listen on ${where}: ${reason}; ${remedy}`;
}

/** Removes the socket left by a server that was killed: nobody answers on it any more. */
async function removeStale(path: string): Promise<void> {
  const isSocket = await Deno.stat(path).then(({ isSocket }) => isSocket, () => false);
  if (!isSocket) return;
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) await Deno.remove(path);
  }
}
