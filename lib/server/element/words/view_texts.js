import { pickLanguage } from "./refusal_texts.js";

/**
 * The texts on a view of a camera, in each language.
 *
 * @typedef {{ [K in keyof typeof VIEW_ENGLISH]: typeof VIEW_ENGLISH[K] extends string ? string :
 *   (value: string | number) => string }} ViewTexts
 */

/** @satisfies {Readonly<Record<string, string | ((value: string | number) => string)>>} */
const VIEW_ENGLISH = {
  picture: (camera) => camera ? `Live picture of camera ${camera}` : "Live picture of the camera",
  idle: "Disconnected",
  idleDetail: "No pictures are being received.",
  connecting: "Connecting…",
  live: "Live",
  waitingFirst: "Waiting for the first picture",
  waitingFirstDetail: "It appears here as soon as the camera delivers it.",
  waitingNext: "No new pictures from the camera",
  waitingNextDetail: "The next one appears here as soon as it comes.",
  resuming: "Getting the newest picture",
  missing: (camera) => `Camera ${camera} is not there`,
  missingDetail: "It will be shown as soon as it appears.",
  noCamera: "There is no camera yet",
  noCameraDetail: "It will be shown as soon as one appears.",
  reconnecting: "Connection lost",
  unreachable: (address) => `Can’t reach ${address}`,
  unreachableDetail: "Is wscam running there, and is the address right?",
  unreachableFrom: (origin) =>
    `Is wscam running there, and does it allow pages from ${origin}? See its option --allow-origin.`,
  noServer: "Which camera server?",
  noServerDetail: "Set the attribute src, for example to ws://192.168.1.5:8765.",
  badServer: (src) => `“${src}” is not an address`,
  tryingNow: "Trying again now…",
  tryingIn: (seconds) => `Trying again in ${seconds} s`,
  "format-slow": "Switched to H.264: the connection is too slow for JPEG",
  "format-stalled": "Switched to JPEG: no pictures came as H.264",
  "format-unsupported": "JPEG: this browser can’t show H.264",
  "format-refused": "JPEG: this server can’t send H.264",
  stale: (age) => `Picture is ${age} old`,
  seconds: (n) => `${n} s`,
  minutes: (n) => `${n} min`,
  hours: (n) => `${n} h`,
};

/** @type {ViewTexts} */
const VIEW_CHINESE = {
  picture: (camera) => camera ? `摄像头 ${camera} 的实时画面` : "摄像头的实时画面",
  idle: "未连接",
  idleDetail: "目前没有接收画面。",
  connecting: "正在连接…",
  live: "实时",
  waitingFirst: "正在等待第一幅画面",
  waitingFirstDetail: "摄像头一有画面，就会显示在这里。",
  waitingNext: "摄像头没有传来新画面",
  waitingNextDetail: "一有新画面，就会显示在这里。",
  resuming: "正在获取最新画面",
  missing: (camera) => `找不到摄像头 ${camera}`,
  missingDetail: "它一出现，就会显示在这里。",
  noCamera: "目前没有摄像头",
  noCameraDetail: "一有摄像头，就会显示在这里。",
  reconnecting: "连接已断开",
  unreachable: (address) => `无法连接 ${address}`,
  unreachableDetail: "请确认 wscam 正在那里运行，并且地址无误。",
  unreachableFrom: (origin) =>
    `请确认 wscam 正在那里运行，并且允许来自 ${origin} 的网页（选项 --allow-origin）。`,
  noServer: "连接哪台摄像头服务器？",
  noServerDetail: "请在 src 属性中写明地址，例如 ws://192.168.1.5:8765。",
  badServer: (src) => `“${src}”不是有效的地址`,
  tryingNow: "正在重试…",
  tryingIn: (seconds) => `${seconds} 秒后重试`,
  "format-slow": "已改用 H.264：网速不足以传输 JPEG",
  "format-stalled": "已改用 JPEG：H.264 没有画面",
  "format-unsupported": "使用 JPEG：此浏览器无法播放 H.264",
  "format-refused": "使用 JPEG：此服务器无法发送 H.264",
  stale: (age) => `这是 ${age}前的画面`,
  seconds: (n) => `${n} 秒`,
  minutes: (n) => `${n} 分钟`,
  hours: (n) => `${n} 小时`,
};

/** The first of the browser's languages that the page speaks. */
export const language = pickLanguage(navigator.languages ?? [navigator.language]);

/** The texts in that language. */
export const viewTexts = { "en": VIEW_ENGLISH, "zh-CN": VIEW_CHINESE }[language];

/**
 * A duration in words: rounded, at least a second.
 *
 * @param {number} ms
 */
export function durationText(ms) {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 120) return viewTexts.seconds(seconds);
  if (seconds < 7200) return viewTexts.minutes(Math.round(seconds / 60));
  return viewTexts.hours(Math.round(seconds / 3600));
}
