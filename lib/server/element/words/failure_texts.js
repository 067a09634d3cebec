/** @import { Language, Words } from "./refusal_texts.js" */

/**
 * Why a camera gives no pictures, by the server's codes (docs/protocol.md), and what mends it.
 *
 * @typedef {(camera: string) => Words} Failure
 */

/** @satisfies {Readonly<Record<string, Failure>>} */
const FAILED_ENGLISH = {
  missing: (camera) => ({
    title: `Camera ${camera} is not there`,
    detail: "Is it plugged in and switched on?",
  }),
  gone: (camera) => ({
    title: `Camera ${camera} was unplugged`,
    detail: "The picture comes back as soon as it is plugged in again.",
  }),
  busy: (camera) => ({
    title: `Camera ${camera} is in use`,
    detail: "Another program is using it: close that program.",
  }),
  bandwidth: (camera) => ({
    title: `Not enough bandwidth for camera ${camera}`,
    detail: "Choose a smaller size, or plug it into another USB port.",
  }),
  permission: (camera) => ({
    title: `No permission to open camera ${camera}`,
    detail: "Give the user who runs the server access to it.",
  }),
  refused: (camera) => ({
    title: `Camera ${camera} refuses access`,
    detail: "Its user or password may be wrong.",
  }),
  unreachable: (camera) => ({
    title: `Camera ${camera} can’t be reached`,
    detail: "Its address does not answer.",
  }),
  mode: (camera) => ({
    title: `Camera ${camera} does not have this mode`,
    detail: "It does not offer the requested size or rate.",
  }),
  signal: (camera) => ({
    title: `Camera ${camera} has no signal`,
    detail: "Nothing is plugged into its input.",
  }),
  unsupported: (camera) => ({
    title: `Camera ${camera} gives no video`,
    detail: "It is not a camera, or its format can’t be shown.",
  }),
  frozen: (camera) => ({
    title: `Camera ${camera} is frozen`,
    detail: "It is open, but no more pictures come.",
  }),
  broken: (camera) => ({
    title: `Camera ${camera} sends damaged pictures`,
    detail: "None of its pictures is complete.",
  }),
  ended: (camera) => ({ title: `Camera ${camera} has reached its end`, detail: "" }),
  program: (camera) => ({
    title: `Camera ${camera} can’t be opened`,
    detail: "A program that the server needs, such as ffmpeg, is missing or does not work.",
  }),
  encoder: (camera) => ({
    title: `Camera ${camera} can’t be shown`,
    detail: "Its pictures come, but can’t be encoded.",
  }),
  failed: (camera) => ({ title: `Camera ${camera} has a problem`, detail: "" }),
};

/** @type {Readonly<Record<keyof typeof FAILED_ENGLISH, Failure>>} */
const FAILED_CHINESE = {
  missing: (camera) => ({ title: `找不到摄像头 ${camera}`, detail: "请确认它已接好并通电。" }),
  gone: (camera) => ({
    title: `摄像头 ${camera} 已被拔出`,
    detail: "重新接上后画面会自动恢复。",
  }),
  busy: (camera) => ({
    title: `摄像头 ${camera} 正被占用`,
    detail: "另一个程序正在使用它，请关闭那个程序。",
  }),
  bandwidth: (camera) => ({
    title: `摄像头 ${camera} 的带宽不足`,
    detail: "请降低分辨率，或换一个 USB 接口。",
  }),
  permission: (camera) => ({
    title: `没有权限打开摄像头 ${camera}`,
    detail: "请给运行服务器的用户授予访问权限。",
  }),
  refused: (camera) => ({
    title: `摄像头 ${camera} 拒绝访问`,
    detail: "用户名或密码可能不正确。",
  }),
  unreachable: (camera) => ({
    title: `无法连接摄像头 ${camera}`,
    detail: "它的地址没有响应。",
  }),
  mode: (camera) => ({
    title: `摄像头 ${camera} 不支持此模式`,
    detail: "它不提供所要求的分辨率或帧率。",
  }),
  signal: (camera) => ({
    title: `摄像头 ${camera} 没有信号`,
    detail: "它的输入端没有接入信号源。",
  }),
  unsupported: (camera) => ({
    title: `摄像头 ${camera} 没有视频`,
    detail: "该设备不是摄像头，或者格式不受支持。",
  }),
  frozen: (camera) => ({
    title: `摄像头 ${camera} 已卡住`,
    detail: "摄像头已打开，但不再传来画面。",
  }),
  broken: (camera) => ({
    title: `摄像头 ${camera} 传来的画面有损坏`,
    detail: "没有一幅是完整的。",
  }),
  ended: (camera) => ({ title: `摄像头 ${camera} 已播放完毕`, detail: "" }),
  program: (camera) => ({
    title: `无法打开摄像头 ${camera}`,
    detail: "服务器所需的程序（例如 ffmpeg）缺失或无法运行。",
  }),
  encoder: (camera) => ({
    title: `无法显示摄像头 ${camera}`,
    detail: "画面已收到，但无法编码。",
  }),
  failed: (camera) => ({ title: `摄像头 ${camera} 出错`, detail: "" }),
};

/** @type {Readonly<Record<Language, Readonly<Record<string, Failure>>>>} */
const FAILURES = { "en": FAILED_ENGLISH, "zh-CN": FAILED_CHINESE };

/**
 * The texts for a code; those for any failure if the code is unknown.
 *
 * @param {Language} spoken
 * @param {{ camera: string, code: string }} failure
 * @returns {Words}
 */
export function failureWords(spoken, { camera, code }) {
  const all = FAILURES[spoken];
  const words = Object.hasOwn(all, code) ? all[code] : all["failed"];
  return words === undefined ? { title: "", detail: "" } : words(camera);
}
