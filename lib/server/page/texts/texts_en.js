/**
 * A sentence around values.
 *
 * @typedef {(...values: (string | number)[]) => string} Sentence
 */

/**
 * Every text of the page.
 *
 * @typedef {{ [K in keyof typeof ENGLISH]: typeof ENGLISH[K] extends string ? string :
 *   typeof ENGLISH[K] extends Sentence ? Sentence : Readonly<Record<string, string>> }} Texts
 */

/** @satisfies {Readonly<Record<string, string | Sentence | Readonly<Record<string, string>>>>} */
export const ENGLISH = {
  address: "Address of the camera server",
  addressTitle: "For example 192.168.1.5, host:9000 or wss://example.org/camera",
  elsewhere: "Another server",
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
  zoomed: (times) => `Zoomed ${times} times: show the whole picture (0)`,
  settings: "Settings",
  settingsTitle: "Settings (O)",
  close: "Close",
  own: "This viewer",
  ownNote: "Limits for this screen only. They are kept in the page’s address, which you can share.",
  ownUnknown: "This server sends everyone the same pictures.",
  ownRefused: "The server does not accept this setting.",
  ownFps: "Frame rate",
  ownQuality: "Quality",
  ownWidth: "Width",
  format: "Format",
  formats: { auto: "Automatic", jpeg: "JPEG", h264: "H.264" },
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
  remoteNote: "For everyone who watches it.",
  remoteForbidden: "You may watch this camera, not control it.",
  press: "Press",
  remoteRefused: "The camera does not accept this setting.",
  all: "All cameras",
  grid: "All cameras",
  gridState: (live, all) => `${live} of ${all} cameras live`,
  pip: "Picture in picture (P)",
  preferences: "This page",
  preferencesNote: "Kept in this browser.",
  keys: "Single-letter keys (A, C, F, O, P, S, T)",
  annotations: "What programs see in the picture",
  time: "Time of the picture (T)",
  qualityUntouched:
    "The camera’s own pictures are passed on unchanged. If you set a quality here, each picture is encoded again for everyone, until you set it back.",
  qualityChosen: "Each picture is encoded again for everyone, until this is set back.",
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
  choices: {},
  nowhere: "Which camera server?",
  nowhereDetail: "Type the address of the computer with the camera, then press Connect.",
  token: "Token",
  tokenSend: "Open",
  badAddress: (typed) =>
    typed
      ? `“${typed}” is not an address. Try something like 192.168.1.5, host:9000 or ws://host:8765.`
      : "Type an address first, for example 192.168.1.5 or ws://host:8765.",
};
