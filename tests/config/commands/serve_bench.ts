import type { Capture } from "../../../lib/frame/capture.ts";
import { DEFAULT_CAPTURE } from "../../../lib/frame/change_capture.ts";
import { parseServe, type ServeConfig } from "../../../lib/config/commands/serve_config.ts";

export const NO_ENV = (): undefined => undefined;

export const DEFAULTS: ServeConfig = {
  cameras: [{ name: "0", source: { kind: "index", index: 0 }, capture: DEFAULT_CAPTURE }],
  capture: DEFAULT_CAPTURE,
  host: "0.0.0.0",
  port: 8765,
  unix: undefined,
  maxClients: 1000,
  access: { token: undefined, allowOrigins: [], trustProxies: [] },
  tls: undefined,
  publish: undefined,
  natsCreds: undefined,
  ffmpeg: "ffmpeg",
  h264Encoder: "auto",
  qr: true,
  stateFile: undefined,
  logFormat: "text",
  logLevel: "info",
};

export const TEST = { name: "test", source: { kind: "test" }, capture: DEFAULT_CAPTURE } as const;

/** The expected configuration where a setting of every camera is given. */
export function shared(
  changed: Partial<Capture>,
  cameras = DEFAULTS.cameras,
): Partial<ServeConfig> {
  const capture = { ...DEFAULT_CAPTURE, ...changed };
  return { capture, cameras: cameras.map((camera) => ({ ...camera, capture })) };
}

export function serve(line: string, env: Record<string, string> = {}): ServeConfig {
  return parseServe(line.split(" ").filter((arg) => arg !== ""), (name) => env[name]);
}
