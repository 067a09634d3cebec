import type { Commands } from "./commands.ts";
import type { CameraEvent } from "./read_message.ts";

/** The events of a viewer, in the order in which they happen. */
export type ViewerEvent =
  | CameraEvent
  /** Settings made by command must be made again. */
  | { type: "connected"; commands: Commands }
  /** The connection is gone; the next try comes in `retryMs` milliseconds. */
  | { type: "disconnected"; reason: string; retryMs: number };
