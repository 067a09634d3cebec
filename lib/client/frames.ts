import type { ViewerSettings } from "../protocol/viewer_settings.ts";
import { view } from "./viewer.ts";

/** One picture of a camera. */
export interface Frame {
  /** A JPEG file. */
  readonly jpeg: Uint8Array<ArrayBuffer>;
  /** When it was captured, in seconds since 1970, by the server's clock. */
  readonly timestamp: number;
  /** How old it was when it arrived, in seconds. */
  readonly age: number;
  /** Its number among the camera's; null where the server doesn't number pictures. */
  readonly sequence: number | null;
}

export interface FramesOptions {
  /** The camera. @default {the server's first} */
  camera?: string;
  /**
   * At most this many pictures a second.
   *
   * @default {all there are}
   */
  fps?: number;
  /** JPEG quality, 0 to 100. @default {the camera's} */
  quality?: number;
  /**
   * The width of narrower pictures, in pixels.
   *
   * @default {the camera's}
   */
  width?: number;
  /** The server's token. @default {none} */
  token?: string;
  /** Ends it. @default {nothing does} */
  signal?: AbortSignal;
  /**
   * Called with the server's words while it sends no pictures, and with the reason when there is no
   * connection.
   */
  onTrouble?: (words: string) => void;
}

/**
 * A camera's pictures, always the newest: a program that works long on one misses those that come
 * meanwhile. It reconnects by itself, for ever.
 *
 * ```ts
 * import { frames } from "./frames.ts";
 *
 * for await (const { jpeg, age } of frames("ws://localhost:8765", { camera: "door", fps: 5 })) {
 *   console.log(`${jpeg.length} bytes, ${age.toFixed(3)} s old`);
 * }
 * ```
 *
 * @param url a server's WebSocket, `ws://HOST:8765`
 * @throws {TypeError} when the address is invalid
 */
export async function* frames(
  url: string,
  { token, signal = new AbortController().signal, onTrouble, ...settings }: FramesOptions = {},
): AsyncGenerator<Frame, void> {
  const address = new URL(url);
  if (token !== undefined) address.searchParams.set("token", token);
  for await (
    const event of view(address.href, signal, settings satisfies Partial<ViewerSettings>)
  ) {
    if (event.type === "error") onTrouble?.(event.message);
    if (event.type === "disconnected") onTrouble?.(event.reason);
    if (event.type !== "picture") continue;
    const { jpeg, timestamp, sequence, ageMs } = event;
    yield { jpeg, timestamp, sequence, age: ageMs / 1000 };
  }
}

export interface SnapshotOptions extends Omit<FramesOptions, "onTrouble" | "fps"> {
  /**
   * How long to wait for it at most, in seconds.
   *
   * @default {10}
   */
  timeout?: number;
}

/**
 * A camera's newest picture.
 *
 * @param url a server's WebSocket, `ws://HOST:8765`
 * @throws {Error} with the server's words when none comes in time
 */
export async function snapshot(
  url: string,
  { timeout = 10, signal, ...options }: SnapshotOptions = {},
): Promise<Frame> {
  const limit = AbortSignal.timeout(timeout * 1000);
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  let trouble = `no picture came within ${timeout} s`;
  const onTrouble = (words: string): void => void (trouble = words);
  for await (const frame of frames(url, { ...options, signal: either, onTrouble })) return frame;
  throw new Error(`Cannot take a snapshot: ${trouble}`);
}
