import type { ServeConfig } from "../../config/commands/serve_config.ts";
import { cameraOs } from "../../ffmpeg/input.ts";
import { type Logger, writeStdout } from "../../log.ts";
import type { Server } from "../../server/server.ts";
import type { Cameras } from "../../stream/cameras.ts";
import { terminalColumns } from "../terminal_columns.ts";
import { banner } from "./banner.ts";
import { exposureWarnings } from "./exposure.ts";
import { foundCameras, type FoundCamerasOptions } from "./found_cameras.ts";
import { reportMissing } from "./missing_cameras.ts";

/** Prints the addresses, and warns if everybody can look. */
export async function announce(
  { address }: Server,
  cameras: Cameras,
  { config, log }: { config: ServeConfig; log: Logger },
): Promise<void> {
  try {
    const names = cameras.all.map(({ name }) => name);
    const isTls = config.tls !== undefined;
    const qrColumns = config.qr ? terminalColumns() : undefined;
    writeStdout(await banner(address, { cameras: names, isTls, qrColumns }));
  } catch (error) {
    // The disk is full, or nobody reads: viewers can connect all the same.
    log.warn(`Cannot print the addresses: ${error instanceof Error ? error.message : error}`);
  }
  const interfaces = Deno.networkInterfaces();
  exposureWarnings({ access: config.access, address, interfaces }).forEach(log.warn);
}

/** Reports missing cameras and, on a terminal, those that are there. */
export async function tellOfCameras(
  { cameras, ffmpeg }: ServeConfig,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<void> {
  const os = cameraOs();
  try {
    await reportMissing(cameras, { ffmpeg, os, log });
    if (signal.aborted || !Deno.stdout.isTerminal()) return;
    await printFound(cameras, { ffmpeg, os, signal });
  } catch (error) {
    // The terminal may be gone, or a camera's driver may misbehave: viewers can connect all the
    // same.
    const reason = error instanceof Error ? error.message : String(error);
    log.debug(`Cannot tell which cameras are there: ${reason}`);
  }
}

/** Tells a user at a terminal which cameras there are, and how each will be read. */
async function printFound(
  cameras: ServeConfig["cameras"],
  options: FoundCamerasOptions,
): Promise<void> {
  for await (const line of foundCameras(cameras, options)) writeStdout(`${line}\n`);
}
