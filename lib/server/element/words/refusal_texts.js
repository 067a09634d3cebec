/**
 * Why there is nothing to see, and what to do about it, in each language of the page.
 *
 * @typedef {Readonly<Record<string, string>>} Values the subjects of the words
 * @typedef {{ title: string, detail: string }} Words
 * @typedef {(values: Values) => Words} RefusalText
 * @typedef {"en" | "zh-CN"} Language
 */

/** @satisfies {Readonly<Record<string, RefusalText>>} */
const IN_ENGLISH = {
  "token-needed": () => ({
    title: "This camera needs a token",
    detail: "Type the token that was chosen for it.",
  }),
  "token-wrong": () => ({
    title: "That is not the token",
    detail: "It may have been changed. Type the current one.",
  }),
  "link-ended": () => ({
    title: "This link has ended",
    detail: "Ask whoever sent it for a new one.",
  }),
  "link-damaged": () => ({
    title: "This link is not valid",
    detail:
      "Part of it is missing, or the token has changed since. Ask whoever sent it for a new one.",
  }),
  "link-other": ({ camera }) => ({
    title: `This link shows camera ${camera} only`,
    detail: "Ask whoever sent it for a link to what you want to see.",
  }),
  "unknown-host": ({ host }) => ({
    title: `This server does not answer to the name ${host}`,
    detail:
      `Open it by its IP address, or start wscam with the option --allow-origin https://${host}`,
  }),
  "foreign-page": ({ origin }) => ({
    title: "This page may not show the camera",
    detail: `The server allows the pages listed in its option --allow-origin${
      origin ? `; ${origin} is not among them` : ""
    }.`,
  }),
  "too-many-guesses": ({ seconds }) => ({
    title: "Too many wrong tokens came from your address",
    detail: `Try again in ${seconds} s.`,
  }),
  "too-many-requests": () => ({
    title: "Too many requests came from your address",
    detail: "Try again after a while.",
  }),
  "full": () => ({
    title: "The server is full",
    detail: "You can watch as soon as somebody leaves.",
  }),
  "not-found": () => ({
    title: "There is nothing at this address",
    detail: "The cameras are on the front page.",
  }),
  "unknown-camera": ({ camera }) => ({
    title: camera ? `There is no camera ${camera}` : "There is no camera yet",
    detail: "The cameras are on the front page.",
  }),
  "refused": ({ status }) => ({
    title: "The server refuses access",
    detail: `It answers with HTTP ${status}. Whoever runs it can say why.`,
  }),
  "no-websocket": () => ({
    title: "A proxy blocks the pictures",
    detail:
      "The server answers, but not over WebSocket: the proxy in front of it must pass that on.",
  }),
  "unavailable": ({ status }) => ({
    title: "The camera server is not running",
    detail: `Something in front of it answers with HTTP ${status}.`,
  }),
  "not-wscam": ({ status }) => ({
    title: "That is not a camera server",
    detail: `It answers with HTTP ${status}. Is the address right?`,
  }),
  "mixed-content": () => ({
    title: "The browser blocks this address here",
    detail: "A page loaded over https can only reach wss:// and https:// addresses.",
  }),
};

/** @type {Readonly<Record<keyof typeof IN_ENGLISH, RefusalText>>} */
const IN_CHINESE = {
  "token-needed": () => ({ title: "查看此摄像头需要令牌", detail: "请输入这台服务器的令牌。" }),
  "token-wrong": () => ({
    title: "令牌不正确",
    detail: "令牌可能已经更换，请输入当前有效的令牌。",
  }),
  "link-ended": () => ({ title: "此链接已过期", detail: "请向分享者索取新的链接。" }),
  "link-damaged": () => ({
    title: "此链接无效",
    detail: "链接不完整，或者令牌已经更换。请向分享者索取新的链接。",
  }),
  "link-other": ({ camera }) => ({
    title: `此链接只能查看摄像头 ${camera}`,
    detail: "要看别的摄像头，请向分享者索取相应的链接。",
  }),
  "unknown-host": ({ host }) => ({
    title: `此服务器不接受 ${host} 这个主机名`,
    detail: `请改用它的 IP 地址，或者在启动 wscam 时加上选项 --allow-origin https://${host}`,
  }),
  "foreign-page": ({ origin }) => ({
    title: "此网页无权显示摄像头画面",
    detail: `服务器只允许选项 --allow-origin 列出的网页${origin ? `，${origin} 不在其中` : ""}。`,
  }),
  "too-many-guesses": ({ seconds }) => ({
    title: "同一地址输错令牌的次数过多",
    detail: `请在 ${seconds} 秒后再试。`,
  }),
  "too-many-requests": () => ({
    title: "同一地址发出的请求过多",
    detail: "请稍后再试。",
  }),
  "full": () => ({ title: "观众人数已达上限", detail: "有人离开后即可观看。" }),
  "not-found": () => ({ title: "这个地址没有内容", detail: "请到首页查看摄像头。" }),
  "unknown-camera": ({ camera }) => ({
    title: camera ? `没有名为 ${camera} 的摄像头` : "目前没有摄像头",
    detail: "请到首页查看摄像头。",
  }),
  "refused": ({ status }) => ({
    title: "服务器拒绝了请求",
    detail: `服务器返回 HTTP ${status}，原因请问架设服务器的人。`,
  }),
  "no-websocket": () => ({
    title: "代理服务器拦住了画面",
    detail: "服务器有响应，但 WebSocket 无法连接：前面的代理服务器需要放行 WebSocket。",
  }),
  "unavailable": ({ status }) => ({
    title: "摄像头服务器没有运行",
    detail: `它前面的代理服务器返回 HTTP ${status}。`,
  }),
  "not-wscam": ({ status }) => ({
    title: "这个地址上没有摄像头服务器",
    detail: `对方返回 HTTP ${status}，请确认地址无误。`,
  }),
  "mixed-content": () => ({
    title: "浏览器不允许在此连接这个地址",
    detail: "通过 https 打开的网页只能连接 wss:// 或 https:// 地址。",
  }),
};

/** @type {Readonly<Record<Language, Readonly<Record<string, RefusalText>>>>} */
export const REFUSALS = { "en": IN_ENGLISH, "zh-CN": IN_CHINESE };

/**
 * The texts for a code; those for any refusal if the code is unknown.
 *
 * @param {Language} spoken
 * @param {{ code: string, values: Values }} refusal
 * @returns {Words}
 */
export function refusalWords(spoken, { code, values }) {
  const all = REFUSALS[spoken];
  const words = Object.hasOwn(all, code) ? all[code] : all["refused"];
  return words === undefined ? { title: "", detail: "" } : words(values);
}

/**
 * The first of a user's languages that the page speaks, the most preferred first.
 *
 * @param {readonly string[]} wishes
 * @returns {Language}
 */
export function pickLanguage(wishes) {
  for (const wish of wishes) {
    if (/^zh\b/i.test(wish)) return "zh-CN";
    if (/^en\b/i.test(wish)) return "en";
  }
  return "en";
}
