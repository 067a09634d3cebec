/** The demuxers of ffmpeg that read pictures from their input and open nothing else. */
const SELF_CONTAINED = [
  // Containers.
  "mpegts",
  "mpeg",
  "mov",
  "matroska",
  "flv",
  "live_flv",
  "kux",
  "avi",
  "asf",
  "asf_o",
  "ogg",
  "nut",
  "dv",
  "mxf",
  "gxf",
  "wtv",
  "rm",
  "ivr",
  "swf",
  "nsv",
  "nuv",
  "pva",
  "ty",
  "dhav",
  "ivf",
  "yuv4mpegpipe",
  "ser",
  "roq",
  "smk",
  "bink",
  "xmv",
  "mtv",
  // One stream of pictures without a container.
  "h261",
  "h263",
  "h264",
  "hevc",
  "vvc",
  "evc",
  "av1",
  "obu",
  "m4v",
  "mpegvideo",
  "vc1",
  "dirac",
  "cavsvideo",
  "avs2",
  "avs3",
  "dnxhd",
  "mjpeg",
  "mpjpeg",
  "mjpeg_2000",
  "smjpeg",
  "ingenient",
  // One picture after the other.
  "gif",
  "apng",
  "jpeg_pipe",
  "jpegls_pipe",
  "jpegxl_pipe",
  "jpegxl_anim_pipe",
  "j2k_pipe",
  "png_pipe",
  "gif_pipe",
  "webp_pipe",
  "bmp_pipe",
  "tiff_pipe",
  "qoi_pipe",
  "pam_pipe",
  "ppm_pipe",
  "pgm_pipe",
];
/** Formats of a playlist's parts, in addition to those above. */
const PARTS = ["aac", "ac3", "eac3", "mp3", "webvtt"];

/** Everything that ffmpeg may open while it reads one source. */
interface Allowed {
  protocols: readonly string[];
  /** Demuxers. */
  formats: readonly string[];
}

const HTTP = ["http", "https", "httpproxy", "tcp", "tls"];
const RTP = ["rtp", "udp"];

/** The protocols and formats that each kind of address needs, by its scheme. */
const SCHEMES: Readonly<Record<string, Allowed>> = {
  http: { protocols: HTTP, formats: SELF_CONTAINED },
  https: { protocols: HTTP, formats: SELF_CONTAINED },
  mms: { protocols: ["mms", "mmsh", "mmst", "http", "tcp"], formats: SELF_CONTAINED },
  rtmp: { protocols: ["rtmp", "tcp"], formats: SELF_CONTAINED },
  rtmps: { protocols: ["rtmps", "tls", "tcp"], formats: SELF_CONTAINED },
  rtp: { protocols: RTP, formats: ["rtp"] },
  rtsp: { protocols: ["rtsp", "tcp", ...RTP], formats: ["rtsp", "asf"] },
  rtsps: { protocols: ["rtsps", "rtsp", "tls", "tcp", ...RTP], formats: ["rtsp", "asf"] },
  srt: { protocols: ["srt"], formats: SELF_CONTAINED },
  tcp: { protocols: ["tcp"], formats: SELF_CONTAINED },
  udp: { protocols: ["udp"], formats: SELF_CONTAINED },
  // Our own socket: users can't give such an address.
  unix: { protocols: ["unix"], formats: SELF_CONTAINED },
};

/** Additional needs of lists of addresses, by the extension of the name that the user gave. */
const LISTS: readonly (Allowed & { ending: RegExp; isOfParts: boolean })[] = [
  {
    isOfParts: true,
    ending: /\.(m3u8?|mpd)$/i,
    protocols: ["crypto", "data"],
    formats: ["hls", "dash", ...PARTS],
  },
  { ending: /\.sdp$/i, isOfParts: false, protocols: RTP, formats: ["sdp"] },
];

/**
 * The arguments that keep ffmpeg from opening anything but the given address, whatever it delivers:
 * a playlist would make it open the addresses it contains, including files of this machine. A
 * playlist over HTTP is followed only if the address names one.
 */
export function urlWhitelist(url: string): string[] {
  const [scheme = ""] = url.split(":");
  const own = SCHEMES[scheme.toLowerCase()] ?? { protocols: [], formats: [] };
  return whitelist(
    own,
    LISTS.filter(({ ending }) => own.protocols === HTTP && isNamed(url, ending)),
  );
}

/** Whether an address names a playlist, whose parts ffmpeg fetches one by one. */
export function isPlaylist(url: string): boolean {
  return /^https?:/i.test(url) &&
    LISTS.some(({ ending, isOfParts }) => isOfParts && isNamed(url, ending));
}

/** Whether an address names a playlist of HLS. */
export function isHls(url: string): boolean {
  return /^https?:/i.test(url) && isNamed(url, /\.m3u8?$/i);
}

/** Whether an address names a film, or a stream of one. */
export function isVideoName(url: string): boolean {
  return isNamed(url, /\.(mp4|m4v|mov|mkv|webm|ts|m2ts|flv|avi|ogv|sdp|h26[45])$/i);
}

/** Whether a part of an address, other than its host, has this ending. */
function isNamed(url: string, ending: RegExp): boolean {
  const [, rest = ""] = url.match(/^[^/]*\/\/[^/?#]*(.*)$/s) ?? [];
  return rest.split(/[?#&=;]/).some((each) => ending.test(each));
}

/**
 * The same for a file, which may be a list of other files, or of a sequence of pictures, according
 * to its own name.
 */
export function fileWhitelist(path: string): string[] {
  const own = { protocols: ["file"], formats: [...SELF_CONTAINED, "image2"] };
  const concat = { protocols: [], formats: ["concat"], ending: /\.(ff)?concat$/i };
  return whitelist(own, [...LISTS, concat].filter(({ ending }) => ending.test(path)));
}

function whitelist(own: Allowed, lists: readonly Allowed[]): string[] {
  const all = [own, ...lists];
  return [
    "-protocol_whitelist",
    all.flatMap(({ protocols }) => protocols).join(","),
    "-format_whitelist",
    all.flatMap(({ formats }) => formats).join(","),
  ];
}
