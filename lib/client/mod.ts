/**
 * A wscam camera in a program: what the npm package `wscam` exports.
 *
 * @module
 */
export * from "./frames.ts";
export { push, type Pusher, type PushEvent, type PushOptions } from "./push.ts";
export {
  type CameraEvent,
  type Picture,
  type VideoPicture,
  type VideoStart,
  view,
  type ViewerEvent,
} from "./viewer.ts";
export type { Commands, Remark } from "./commands.ts";
export type { Outage } from "./outage.ts";
export type { ViewerSettings } from "../protocol/viewer_settings.ts";
