import type { Device } from "../device/device_list.ts";
import type { CameraOs, FfmpegInput } from "../../ffmpeg/input.ts";
import { SourceError } from "../../frame/source_error.ts";
import type { FfmpegSpec } from "./ffmpeg_spec.ts";

/** The facts that {@linkcode findInput} needs. */
export interface FindInputOptions {
  /** The system that the devices belong to. */
  os: CameraOs;
  /** The cameras that are currently there. */
  devices: () => Promise<Device[]>;
}

/**
 * Finds the input that ffmpeg is to open. An index or a name is looked up each time, since cameras
 * come and go.
 *
 * @throws {SourceError} when no camera has that index or name, or several have that name
 */
export async function findInput(
  spec: FfmpegSpec,
  { os, devices }: FindInputOptions,
): Promise<FfmpegInput> {
  if (spec.kind === "url") return { kind: "url", url: spec.url };
  if (spec.kind === "file") return { kind: "file", path: spec.path };
  if (spec.kind === "device") return { kind: "device", device: spec.path };
  if (spec.kind === "index" && os === "linux") {
    return { kind: "device", device: `/dev/video${spec.index}` };
  }
  const there = await devices();
  const found = spec.kind === "index"
    ? there.find(({ index }) => index === spec.index)
    : findByName(spec.name, there);
  if (found) return { kind: "device", device: found.device };
  const wanted = spec.kind === "index" ? `number ${spec.index}` : `the name '${spec.name}'`;
  throw new SourceError("missing", `isn't there: no camera has ${wanted}`);
}

/** The camera with that name, or else the first whose name contains it. */
function findByName(name: string, there: readonly Device[]): Device | undefined {
  const found = there.find((each) => each.name === name) ??
    there.find((each) => each.name.toLowerCase().includes(name.toLowerCase()));
  const twins = there.filter((each) => each.name === found?.name);
  // Their order changes from one boot to the next.
  if (twins.length > 1) throw new SourceError("missing", whichOne(twins));
  return found;
}

function whichOne(twins: readonly Device[]): string {
  const paths = twins.map(({ device, place }) => place ?? device).join(", ");
  return `is ambiguous: ${twins.length} cameras are called '${
    twins[0]?.name
  }'; name one by its path: ${paths}`;
}
