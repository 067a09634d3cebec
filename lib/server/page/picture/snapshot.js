/**
 * Saves a picture as a file named after the camera and the `time` of its capture, in ms since 1970.
 *
 * @param {Blob} blob
 * @param {{ camera: string, time: number }} about
 */
export function saveSnapshot(blob, { camera, time }) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = snapshotName(camera, time);
  link.click();
  // Phones ask the user before they read it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * @param {string} camera
 * @param {number} time
 */
function snapshotName(camera, time) {
  const name = (camera || "camera").replace(/[^\p{L}\p{N}.-]+/gu, "_").slice(0, 60);
  // It is labelled "UTC", but it is the local time.
  const local = new Date(time - 60_000 * new Date(time).getTimezoneOffset());
  const stamp = local.toISOString().slice(0, 19).replace("T", "_").replaceAll(":", "-");
  return `wscam-${name}-${stamp}.jpg`;
}
