import { needsHere } from "../../../scripts/needs/needs.ts";
import { buildNative } from "../system/native.ts";
import { claim, faultFile, free, LAST_INDEX, makeNode, type Place } from "./vcam_place.ts";

/** Pixel formats that a virtual camera can offer. */
export type VcamFormat = "MJPG" | "YUYV";

/** A fault that a virtual camera can have from now on. */
export type VcamFault = "unplugged" | "frozen" | "busy" | "stepping" | "none";

export interface VcamOptions {
  /** @default 640 */
  width?: number;
  /** @default 480 */
  height?: number;
  /**
   * Frames a second.
   *
   * @default 30
   */
  fps?: number;
  /**
   * The formats that it offers.
   *
   * @default ["MJPG", "YUYV"]
   */
  formats?: readonly VcamFormat[];
}

const START_TIMEOUT_MS = 60_000;

/**
 * Says why there can be no virtual cameras on this machine.
 *
 * @returns The reason; `undefined` if there can.
 */
export function vcamProblem(): string | undefined {
  if (Deno.build.os !== "linux") return "virtual cameras need Linux";
  if (Deno.uid() !== 0) return "virtual cameras need root";
  const missing = needsHere().find(({ name, isThere }) =>
    (name === "cc" || name === "turbojpeg") && !isThere()
  );
  if (missing !== undefined) return `${missing.name} is not installed`;
  const probe = `/dev/wscam-probe-${crypto.randomUUID()}`;
  // Root in a container may still not be allowed to.
  if (!makeNode(probe, LAST_INDEX)) return "virtual cameras need mknod";
  Deno.removeSync(probe);
  return undefined;
}

/**
 * Starts a virtual camera with a number that no other test uses, and waits for its first frame.
 * Only child processes that are given its `env` can open it.
 *
 * @param options The makings of the camera.
 * @returns The camera.
 */
export async function startVcam(options: VcamOptions = {}): Promise<Vcam> {
  const { width = 640, height = 480, fps = 30, formats = ["MJPG", "YUYV"] } = options;
  const libraries = ["-lturbojpeg", "-lm"];
  const [program, driver] = await Promise.all([
    buildNative("camera/vcam/vcam.c", ["-DVCAM_CAMERA", ...libraries]),
    buildNative("camera/vcam/vcam.c", ["-shared", "-fPIC", "-ldl", "-lpthread"]),
  ]);
  const place = claim();
  const child = new Deno.Command(program, {
    args: [place.frames, `${width}x${height}`, String(fps)],
    env: { VCAM_FORMATS: [...formats].sort().join(",") },
    // It ends with this pipe, and so with this process, however that ends.
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const camera = new Vcam(place, child, driver);
  try {
    await firstFrame(place.frames);
  } catch (error) {
    await camera.close();
    throw error;
  }
  return camera;
}

/**
 * The environment of a child process that should see several cameras.
 *
 * @param cameras The cameras.
 * @returns Variables to add to those it inherits.
 */
export function vcamEnv(...cameras: Vcam[]): Record<string, string> {
  const [first] = cameras;
  if (first === undefined) return {};
  return {
    ...first.env,
    VCAM: cameras.map(({ env }) => env["VCAM"]).join(","),
  };
}

/**
 * Reads when a virtual camera took a picture: an 8 × 8 grid of 16-pixel blocks in the top left corner,
 * white for 1, holds the microseconds since 1970.
 *
 * @param luma The picture, one byte a pixel, from dark to bright.
 * @param width Pixels in a row.
 * @returns Seconds since 1970.
 */
export function captureTime(luma: Uint8Array, width: number): number {
  let us = 0n;
  for (let bit = 0; bit < 64; bit++) {
    const x = bit % 8 * 16 + 8;
    const y = Math.floor(bit / 8) * 16 + 8;
    us = us << 1n | ((luma[y * width + x] ?? 0) > 127 ? 1n : 0n);
  }
  return Number(us) / 1e6;
}

/** A running virtual camera. */
export class Vcam implements AsyncDisposable {
  /** The number in `path`. */
  readonly index: number;
  /** Its device node, `/dev/videoN`. */
  readonly path: string;
  /** Variables with which a child process sees this camera and no other. */
  readonly env: Record<string, string>;
  #place: Place;
  #child: Deno.ChildProcess;
  #closed: Promise<void> | undefined;

  /** For {@linkcode startVcam}. */
  constructor(place: Place, child: Deno.ChildProcess, driver: string) {
    this.#place = place;
    this.#child = child;
    this.index = place.index;
    this.path = place.node;
    this.env = { LD_PRELOAD: driver, VCAM: `${place.node}=${place.frames}` };
  }

  /**
   * Makes it fail, or work again, for programs that have it open as well.
   *
   * @param kind The fault from now on.
   */
  async fault(kind: VcamFault): Promise<void> {
    await Deno.writeTextFile(faultFile(this.#place), kind === "none" ? "" : kind);
  }

  /** Ends it and frees its number. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** As {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#child.stdin.close();
    await this.#child.status;
    free(this.#place);
  }
}

/** The frame counter stands first in the shared memory. */
async function firstFrame(frames: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const start = await Deno.readFile(frames).catch(() => new Uint8Array());
    if (start.subarray(0, 4).some((byte) => byte !== 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`Cannot start a virtual camera: no frame within ${START_TIMEOUT_MS} ms`);
}
