import { create } from "../dom.js";
import { CodecPlayer } from "./codec_player.js";
import { MediaPlayer } from "./media_player.js";

/**
 * Plays H.264 in one of three ways: MediaSource, ManagedMediaSource or WebCodecs. Times are in
 * seconds and only grow. The first picture after `begin()`, after `start()`, and after the player was
 * full must be a key frame.
 *
 * @typedef {object} VideoPlayer
 * @property {(mime: string) => void} begin starts another stream
 * @property {(bytes: Uint8Array<ArrayBuffer>) => void} start takes an initialisation segment
 * @property {(bytes: Uint8Array<ArrayBuffer>, picture: PlayerPicture) => void} add takes a fragment
 * @property {boolean} isFull whether too much waits to be shown in time
 * @property {() => void} refresh jumps to the newest picture
 * @property {() => void} close frees everything; `begin()` may follow
 *
 * @typedef {object} PlayerPicture
 * @property {number} time when it is to be shown
 * @property {number} duration
 * @property {number} offset the player's time minus the stream's
 * @property {boolean} isKey whether decoding can begin with it
 *
 * @typedef {object} Painted
 * @property {number} time of the picture, as it was added
 * @property {number} inMs when it will be seen
 * @property {number} width
 * @property {number} height
 *
 * @typedef {object} PlayerEvents
 * @property {() => boolean} mayDecode whether anybody sees it
 * @property {(painted: Painted) => void} onPainted
 * @property {() => void} onFailed the browser can't play it
 */

/** Browsers have WebCodecs on secure pages only; iPhones had it before ManagedMediaSource. */
const hasCodecsOnly = !MediaPlayer.isThere && CodecPlayer.isThere;

/**
 * Whether the browser can play it.
 *
 * @param {string} mime
 */
export function canPlay(mime) {
  return hasCodecsOnly ? CodecPlayer.isSupported(mime) : MediaPlayer.isSupported(mime);
}

/**
 * The element in which this browser shows H.264.
 *
 * @param {{ id: string, part: string, hidden: boolean }} properties
 */
export function createVideoSurface(properties) {
  if (hasCodecsOnly) return create("canvas", properties);
  return create("video", { ...properties, muted: true, playsInline: true });
}

/**
 * @param {ReturnType<typeof createVideoSurface>} surface
 * @param {PlayerEvents} events
 * @returns {VideoPlayer}
 */
export function createVideoPlayer(surface, events) {
  return surface instanceof HTMLCanvasElement
    ? new CodecPlayer(surface, events)
    : new MediaPlayer(surface, events);
}
