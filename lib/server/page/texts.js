import { pickLanguage } from "./refusal_texts.js";

/** Every text of the page, in each of its languages. */
export const TEXTS = {
  "en": {
    address: "Address of the camera server",
    addressTitle: "For example 192.168.1.5, host:9000 or wss://example.org/camera",
    connect: "Connect",
    connectTitle: "Connect (C)",
    disconnect: "Disconnect",
    disconnectTitle: "Disconnect (C)",
    camera: "Camera",
    cameraTitle: "Choose a camera",
    fps: "fps",
    fpsTitle: "Pictures shown per second",
    age: "Age",
    ageTitle: "Age of the picture, from the camera to this screen",
    size: "Size",
    sizeTitle: "Size of the picture in pixels",
    snapshot: "Save a snapshot (S)",
    snapshotSaved: "Snapshot saved",
    fullscreen: "Full screen (F)",
    fullscreenLeave: "Leave full screen (F)",
    settings: "Settings",
    settingsTitle: "Settings (O)",
    close: "Close",
    own: "This viewer",
    ownNote: "Limits for this screen alone. They stand in the page’s address, to be shared.",
    ownUnknown: "This server sends everybody the same pictures.",
    ownFps: "Frame rate",
    ownQuality: "Quality",
    ownWidth: "Width",
    auto: "Camera’s own",
    autoTitle: (name) => `${name}: the camera’s own`,
    fpsValue: (n) => `${n} fps`,
    widthValue: (n) => `${n} px`,
    recent: "The last minute",
    chartRate: "Pictures per second",
    chartAge: "Age in ms",
    chartEmpty: "No pictures in the last minute",
    chartSpoken: (rate, age) =>
      `In the last minute: ${rate} pictures per second${age ? `, ${age} ms old` : ""}`,
    remote: (camera) => `Camera ${camera}`,
    remoteNote: "For everybody who watches it.",
    all: "All cameras",
    grid: "All cameras",
    gridState: (live, all) => `${live} of ${all} cameras live`,
    pip: "Picture in picture (P)",
    preferences: "This page",
    preferencesNote: "Kept in this browser.",
    keys: "Single-letter keys (A, C, F, O, P, S)",
    qualityUntouched:
      "The camera’s own pictures are passed on untouched. With a quality set here, each is encoded anew for everybody, until it is set back.",
    qualityChosen: "Each picture is encoded anew for everybody, until this is set back.",
    yes: "On",
    no: "Off",
    reset: (name) => `${name}: back to the default`,
    controls: {
      resolution: "Resolution",
      fps: "Frame rate",
      quality: "Quality",
      encoder: "Encoder",
      rotate: "Rotate",
      flip: "Flip",
    },
    picture: (camera) => camera ? `Live picture of camera ${camera}` : "Live picture of the camera",
    idle: "Disconnected",
    connecting: "Connecting…",
    live: "Live",
    waitingFirst: "Connected, waiting for the first picture",
    waitingNext: "No new pictures from the camera",
    resuming: "Getting the newest picture",
    waitingFor: (message) => `Waiting for the camera: ${message}`,
    nextTry: (camera, reason, seconds) =>
      `Waiting: camera ${camera} ${reason}; next try in ${seconds} s`,
    missing: (camera) =>
      camera
        ? `Camera ${camera} isn’t there. It is shown as soon as it is.`
        : "There is no camera yet. One is shown as soon as there is.",
    reconnecting: "Connection lost, reconnecting…",
    reconnectingIn: (seconds) => `Reconnecting in ${seconds} s`,
    stale: (age) => `Picture is ${age} old`,
    seconds: (n) => `${n} s`,
    minutes: (n) => `${n} min`,
    hours: (n) => `${n} h`,
    hintIdle: "Type the address of the computer with the camera, then press Connect.",
    hintConnecting: (address) => `Connecting to ${address}`,
    hintWaiting: "The picture appears here as soon as the camera delivers one.",
    hintReconnecting: (address) =>
      `Can’t reach ${address}. Is wscam running there, and is the address right?`,
    badAddress: (typed) =>
      typed
        ? `“${typed}” is not an address. Try something like 192.168.1.5, host:9000 or ws://host:8765.`
        : "Type an address first, for example 192.168.1.5 or ws://host:8765.",
  },
  "zh-CN": {
    address: "摄像头服务器的地址",
    addressTitle: "例如 192.168.1.5、host:9000 或 wss://example.org/camera",
    connect: "连接",
    connectTitle: "连接 (C)",
    disconnect: "断开",
    disconnectTitle: "断开连接 (C)",
    camera: "摄像头",
    cameraTitle: "选择摄像头",
    fps: "帧率",
    fpsTitle: "每秒显示的画面数",
    age: "延迟",
    ageTitle: "画面从拍摄到显示所经过的时间",
    size: "尺寸",
    sizeTitle: "画面的像素尺寸",
    snapshot: "保存快照 (S)",
    snapshotSaved: "快照已保存",
    fullscreen: "全屏 (F)",
    fullscreenLeave: "退出全屏 (F)",
    settings: "设置",
    settingsTitle: "设置 (O)",
    close: "关闭",
    own: "本画面",
    ownNote: "仅限制本屏幕的画面，并保存在页面地址中，便于分享。",
    ownUnknown: "此服务器向所有人发送相同的画面。",
    ownFps: "帧率",
    ownQuality: "画质",
    ownWidth: "宽度",
    auto: "与摄像头相同",
    autoTitle: (name) => `${name}：与摄像头相同`,
    fpsValue: (n) => `每秒 ${n} 帧`,
    widthValue: (n) => `${n} 像素`,
    recent: "最近一分钟",
    chartRate: "每秒画面数",
    chartAge: "延迟（毫秒）",
    chartEmpty: "最近一分钟没有画面",
    chartSpoken: (rate, age) => `最近一分钟：每秒 ${rate} 帧${age ? `，延迟 ${age} 毫秒` : ""}`,
    remote: (camera) => `摄像头 ${camera}`,
    remoteNote: "对所有观众生效。",
    all: "所有摄像头",
    grid: "所有摄像头",
    gridState: (live, all) => `${all} 个摄像头中 ${live} 个有实时画面`,
    pip: "画中画 (P)",
    preferences: "本页面",
    preferencesNote: "保存在此浏览器中。",
    keys: "单字母快捷键（A、C、F、O、P、S）",
    qualityUntouched:
      "现在直接转发摄像头自己的画面。在此设定画质后，每一帧都会为所有观众重新编码，直到恢复为止。",
    qualityChosen: "每一帧都在为所有观众重新编码，直到恢复为止。",
    yes: "开",
    no: "关",
    reset: (name) => `${name}：恢复默认值`,
    controls: {
      resolution: "分辨率",
      fps: "帧率",
      quality: "画质",
      encoder: "编码器",
      rotate: "旋转",
      flip: "翻转",
      brightness: "亮度",
      contrast: "对比度",
      saturation: "饱和度",
      hue: "色调",
      gain: "增益",
      gamma: "伽马",
      sharpness: "锐度",
      zoom_absolute: "变焦",
      focus_absolute: "对焦",
      focus_automatic_continuous: "自动对焦",
      focus_auto: "自动对焦",
      pan_absolute: "水平转动",
      tilt_absolute: "俯仰",
      auto_exposure: "自动曝光",
      exposure_auto: "自动曝光",
      exposure_time_absolute: "曝光时间",
      exposure_absolute: "曝光时间",
      backlight_compensation: "逆光补偿",
      white_balance_automatic: "自动白平衡",
      white_balance_temperature_auto: "自动白平衡",
      white_balance_temperature: "色温",
      power_line_frequency: "电源频率",
    },
    picture: (camera) => camera ? `摄像头 ${camera} 的实时画面` : "摄像头的实时画面",
    idle: "未连接",
    connecting: "正在连接…",
    live: "实时",
    waitingFirst: "已连接，正在等待第一帧画面",
    waitingNext: "摄像头没有新的画面",
    resuming: "正在获取最新画面",
    waitingFor: (message) => `正在等待摄像头：${message}`,
    nextTry: (camera, reason, seconds) =>
      `正在等待摄像头 ${camera}：${reason}；${seconds} 秒后重试`,
    missing: (camera) =>
      camera
        ? `摄像头 ${camera} 目前不在线，上线后会自动显示。`
        : "目前没有摄像头，上线后会自动显示。",
    reconnecting: "连接已断开，正在重新连接…",
    reconnectingIn: (seconds) => `${seconds} 秒后重新连接`,
    stale: (age) => `这是 ${age}前的画面`,
    seconds: (n) => `${n} 秒`,
    minutes: (n) => `${n} 分钟`,
    hours: (n) => `${n} 小时`,
    hintIdle: "请输入连接摄像头的那台电脑的地址，然后点击“连接”。",
    hintConnecting: (address) => `正在连接 ${address}`,
    hintWaiting: "摄像头一有画面，就会显示在这里。",
    hintReconnecting: (address) => `无法连接 ${address}。请确认 wscam 正在那里运行，并且地址无误。`,
    badAddress: (typed) =>
      typed
        ? `“${typed}”不是有效的地址。请输入例如 192.168.1.5、host:9000 或 ws://host:8765。`
        : "请先输入地址，例如 192.168.1.5 或 ws://host:8765。",
  },
};

/** The page's language: the first of the browser's that it speaks. */
export const language = pickLanguage(navigator.languages ?? [navigator.language]);

/** The page's texts in its language. */
export const texts = TEXTS[language];

/** Writes the page's texts where its elements say. */
export function translate() {
  document.documentElement.lang = language;
  for (const target of document.querySelectorAll("[data-text]")) {
    const text = texts[target.dataset.text];
    if (typeof text === "string") target.textContent = text;
  }
  for (const target of document.querySelectorAll("[data-title]")) {
    target.title = texts[target.dataset.title];
  }
  for (const target of document.querySelectorAll("[data-label]")) {
    target.setAttribute("aria-label", texts[target.dataset.label]);
  }
}

/** How long something has been, in words: rounded, at least a second. */
export function durationText(ms) {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 120) return texts.seconds(seconds);
  if (seconds < 7200) return texts.minutes(Math.round(seconds / 60));
  return texts.hours(Math.round(seconds / 3600));
}

/** What a setting of a camera is called: by its V4L2 name where the page has no other. */
export function controlName(name) {
  if (Object.hasOwn(texts.controls, name)) return texts.controls[name];
  const words = name.replaceAll("_", " ").replace(/ absolute$/, "");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
