/** A camera of this machine. */
export interface Device {
  /** The number for `--camera N`. */
  index: number;
  /** The human-readable name; not unique. */
  name: string;
  /** The name that ffmpeg opens it by: `/dev/video0`, a name, or an index. */
  device: string;
  /** The path of the port it is plugged into, if another camera has the same name (Linux). */
  place?: string;
}

/** Reads the list that `ffmpeg -f avfoundation -list_devices true` prints on macOS. */
export function parseAvfoundation(text: string): Device[] {
  const devices: Device[] = [];
  let isVideo = false;
  for (const line of text.split(/\r?\n/)) {
    if (/AVFoundation (video|audio) devices:/.test(line)) isVideo = line.includes("video devices");
    const [, index, name] = line.match(/\] \[(\d+)\] (.+)$/) ?? [];
    if (isVideo && index !== undefined && name !== undefined) {
      devices.push({ index: Number(index), name, device: index });
    }
  }
  return devices;
}

/**
 * Reads the list that `ffmpeg -f dshow -list_devices true` prints on Windows: up to ffmpeg 4 in
 * sections, since 5 with the kind after each name.
 */
export function parseDshow(text: string): Device[] {
  const devices: Device[] = [];
  let section = "";
  let isVideo = false;
  for (const line of text.split(/\r?\n/)) {
    const [, alternative] = line.match(/Alternative name "(.*)"/) ?? [];
    const [, name, kind] = line.match(/\]\s+"(.*)"(?:\s+\(([^)]*)\))?\s*$/) ?? [];
    if (/DirectShow (video|audio) devices/.test(line)) {
      section = line.includes("video devices") ? "video" : "audio";
    } else if (alternative !== undefined) {
      const last = devices.at(-1);
      const isTwin = devices.some((other) => other !== last && other.name === last?.name);
      // ffmpeg treats a ':' as the separator between video and audio.
      if (isVideo && last && (isTwin || last.name.includes(":"))) last.device = alternative;
    } else if (name !== undefined) {
      isVideo = (kind ?? section).includes("video");
      if (isVideo) devices.push({ index: devices.length, name, device: name });
    }
  }
  return devices;
}

/** Reads what `ffmpeg -sources v4l2` prints: names by device path. */
export function parseV4l2Sources(text: string): Map<string, string> {
  const lines = text.matchAll(/^[ *]+(\/dev\/video\d+) \[(.*?)\]/gm);
  return new Map([...lines].map(([, path = "", name = ""]) => [path, name]));
}

/**
 * Reads from the output of `v4l2-ctl -D` whether a node captures pictures in a way that ffmpeg can
 * read.
 *
 * @returns `undefined` when the output doesn't say
 */
export function parseCapture(text: string): boolean | undefined {
  const [, own] = text.match(/^\s*Device Caps\s*:.*\n((?:\t\t.*\n?)*)/m) ?? [];
  // Old drivers don't report the capabilities of each node.
  const [, all] = text.match(/^\s*Capabilities\s*:.*\n((?:\t\t.*\n?)*)/m) ?? [];
  const list = own ?? all;
  return list === undefined ? undefined : /^\s*Video Capture\s*$/m.test(list);
}
