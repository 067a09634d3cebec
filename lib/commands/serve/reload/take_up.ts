import { cameraOs } from "../../../ffmpeg/input.ts";
import type { ServeConfig } from "../../../config/commands/serve_config.ts";
import type { AdjustableLogger } from "../../../log.ts";
import type { Server } from "../../../server/server.ts";
import { exposureWarnings } from "../exposure.ts";
import { relayOptions } from "../follow_brokers.ts";
import { reportMissing } from "../missing_cameras.ts";
import type { CameraOpenerOptions } from "../camera_opener.ts";
import type { CameraChanges, ConfiguredCameras } from "./configured_cameras.ts";

/** The parts that a new configuration affects. */
export interface TakeUpOptions extends Pick<CameraOpenerOptions, "relay"> {
  /** The cameras. */
  configured: ConfiguredCameras;
  /** Holds the access rules and the limit of viewers. */
  server: Pick<Server, "update" | "address">;
  /** Is adjusted, and told about the changes. */
  log: AdjustableLogger;
  /** Publishes the cameras to another server, or to none. */
  publish: (address: ServeConfig["publish"]) => void;
}

/** Options that can't change while the program runs. */
const FIXED: Readonly<Record<string, (config: ServeConfig) => unknown>> = {
  port: ({ port }) => port,
  host: ({ host }) => host,
  unix: ({ unix }) => unix,
  cert: ({ tls }) => tls?.cert,
  key: ({ tls }) => tls?.key,
  "nats-creds": ({ natsCreds }) => natsCreds,
  ffmpeg: ({ ffmpeg }) => ffmpeg,
  "h264-encoder": ({ h264Encoder }) => h264Encoder,
  "log-format": ({ logFormat }) => logFormat,
  "state-file": ({ stateFile }) => stateFile,
};

/** Returns a function that applies a configuration in place of the previous one. */
export function createTakeUp(
  started: ServeConfig,
  options: TakeUpOptions,
): (config: ServeConfig) => Promise<void> {
  const { configured, server, log, relay, publish } = options;
  let current = started;
  return async (config) => {
    const before = current;
    current = config;
    log.setLevel(config.logLevel);
    server.update(config);
    sayWhatWaits(started, config, log);
    if (!isSame(before.access, config.access)) sayExposure(config, server.address, log);
    relay.want(relayOptions(config).cameras);
    const changes = await configured.apply(config.cameras);
    if (!isSame(before.publish, config.publish)) publish(config.publish);
    await relay.releaseUnused(config.publish);
    const told = [changesText(changes), tokenText(before, config)].flat();
    log.info(`The configuration was reloaded: ${told.join("; ")}`);
    const known = new Set(before.cameras.map((each) => JSON.stringify(each.source)));
    const others = config.cameras.filter(({ source }) => !known.has(JSON.stringify(source)));
    // Looking at all devices takes time: viewers need not wait for it.
    if (others.length > 0) {
      reportMissing(others, { ffmpeg: started.ffmpeg, os: cameraOs(), log })
        .catch(({ message }: Error) =>
          log.debug(`Cannot tell which cameras are there: ${message}`)
        );
    }
  };
}

function sayWhatWaits(started: ServeConfig, config: ServeConfig, log: AdjustableLogger): void {
  const waiting = Object.entries(FIXED)
    .filter(([, read]) => read(started) !== read(config)).map(([name]) => `'${name}'`);
  if (waiting.length === 0) return;
  const verb = waiting.length === 1 ? "takes" : "take";
  log.warn(`${waiting.join(", ")} ${verb} effect when wscam is restarted`);
}

function sayExposure({ access }: ServeConfig, address: Deno.Addr, log: AdjustableLogger): void {
  exposureWarnings({ access, address, interfaces: Deno.networkInterfaces() }).forEach(log.warn);
}

function changesText({ added, changed, removed }: CameraChanges): string {
  const parts = [[added, "new"], [changed, "changed"], [removed, "gone"]] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return told.length === 0 ? "the same cameras" : `cameras: ${told.join(", ")}`;
}

/** What happened to the token, if anything did: all share links end with it. */
function tokenText(before: ServeConfig, { access: { token } }: ServeConfig): string[] {
  if (token === before.access.token) return [];
  return [token === undefined ? "no token any more" : "a new token"];
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
