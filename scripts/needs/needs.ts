import { findChromium } from "./find_chromium.ts";
import { findFirefox } from "./find_firefox.ts";
import type { Need, NeedName } from "./need.ts";
import { compiles, runs } from "./probe.ts";
import { PYTHON } from "./python.ts";

/** Everything the tests need. */
const NEEDS: readonly Need[] = [
  {
    name: "ffmpeg",
    purpose: "cameras, streams and video files",
    isThere: () => runs("ffmpeg", "-version"),
    packages: {
      debian: ["ffmpeg"],
      brew: "ffmpeg",
      winget: "Gyan.FFmpeg",
      dnf: "ffmpeg-free",
      pacman: "ffmpeg",
    },
  },
  {
    name: "chromium",
    purpose: "the page in a real browser",
    isThere: () => findChromium() !== undefined,
    packages: {
      debian: ["chromium"],
      brew: "--cask google-chrome",
      winget: "Google.Chrome",
      dnf: "chromium",
      pacman: "chromium",
    },
  },
  {
    name: "firefox",
    purpose: "pages that show a camera, in another real browser",
    isThere: () => findFirefox() !== undefined,
    packages: {
      debian: ["firefox-esr"],
      brew: "--cask firefox",
      winget: "Mozilla.Firefox",
      dnf: "firefox",
      pacman: "firefox",
    },
  },
  {
    name: "python3-websockets",
    purpose: "clients of the Python service",
    isThere: () => runs(PYTHON, "-c", "import websockets"),
    packages: {
      debian: ["python3", "python3-websockets"],
      brew: "python-websockets",
      winget: "Python.Python.3.13, then: python -m pip install websockets",
      dnf: "python3-websockets",
      pacman: "python-websockets",
    },
  },
  {
    name: "python3-opencv",
    purpose: "/stream and docs/opencv.md, for programs that see",
    isThere: () => runs(PYTHON, "-c", "import cv2, numpy, websockets"),
    packages: {
      debian: ["python3-opencv", "python3-websockets"],
      brew: "opencv",
      winget: "Python.Python.3.13, then: python -m pip install opencv-python websockets",
      dnf: "python3-opencv",
      pacman: "python-opencv",
    },
  },
  {
    name: "python3-pil",
    purpose: "binary messages in a decoder that shows comments",
    isThere: () => runs(PYTHON, "-c", "import PIL.Image"),
    packages: {
      debian: ["python3-pil"],
      brew: "pillow",
      winget: "Python.Python.3.13, then: python -m pip install pillow",
      dnf: "python3-pillow",
      pacman: "python-pillow",
    },
  },
  {
    name: "node",
    purpose: "the README's client for Node",
    isThere: () => runs("node", "--version"),
    packages: {
      debian: ["nodejs"],
      brew: "node",
      winget: "OpenJS.NodeJS",
      dnf: "nodejs",
      pacman: "nodejs",
    },
  },
  {
    name: "cc",
    purpose: "the virtual camera and the load generator",
    isThere: () => compiles('#include <stdio.h>\nint main(void) { return puts("") < 0; }'),
    linuxOnly: true,
    packages: { debian: ["gcc", "libc6-dev"], dnf: "gcc", pacman: "gcc" },
  },
  {
    name: "turbojpeg",
    purpose: "the virtual camera",
    isThere: () =>
      compiles(
        "#include <turbojpeg.h>\nint main(void) { return !tjInitCompress(); }",
        "-lturbojpeg",
      ),
    linuxOnly: true,
    packages: {
      debian: ["libturbojpeg0-dev"],
      dnf: "turbojpeg-devel",
      pacman: "libjpeg-turbo",
    },
  },
  {
    name: "v4l2-ctl",
    purpose: "a camera's own controls",
    isThere: () => runs("v4l2-ctl", "--version"),
    linuxOnly: true,
    packages: { debian: ["v4l-utils"], dnf: "v4l-utils", pacman: "v4l-utils" },
  },
  simple("nats-server", "cameras and viewers through NATS", "--version"),
  {
    name: "promtool",
    purpose: "the form of the metrics and of the alert rules",
    isThere: () => runs("promtool", "--version"),
    packages: {
      debian: ["prometheus"],
      brew: "prometheus",
      winget: "Prometheus.Prometheus",
      dnf: "golang-github-prometheus",
      pacman: "prometheus",
    },
  },
  {
    name: "systemd",
    purpose: "services, and what they may do",
    isThere: () => runs("systemd-analyze", "--version"),
    linuxOnly: true,
    packages: { debian: ["systemd"], dnf: "systemd", pacman: "systemd" },
  },
  {
    name: "plistutil",
    purpose: "services of macOS",
    isThere: () => runs("plistutil", "--version"),
    linuxOnly: true,
    packages: { debian: ["libplist-utils"], dnf: "libplist", pacman: "libplist" },
  },
  {
    name: "curl",
    purpose: "HTTPS and old ways of asking",
    isThere: () => runs("curl", "--version"),
    packages: { debian: ["curl"], brew: "curl", winget: "cURL.cURL", dnf: "curl", pacman: "curl" },
  },
  {
    name: "openssl",
    purpose: "certificates",
    isThere: () => Deno.build.os !== "windows" && runs("openssl", "version"),
    packages: {
      debian: ["openssl"],
      brew: "openssl",
      winget: "ShiningLight.OpenSSL.Light",
      dnf: "openssl",
      pacman: "openssl",
    },
  },
  {
    name: "nginx",
    purpose: "a reverse proxy in front",
    isThere: () => runs("nginx", "-v"),
    linuxOnly: true,
    packages: { debian: ["nginx-light"], dnf: "nginx", pacman: "nginx" },
  },
  simple("caddy", "another reverse proxy in front", "version"),
  {
    name: "zbarimg",
    purpose: "reading a QR code as a phone does",
    isThere: () => runs("zbarimg", "--version"),
    linuxOnly: true,
    packages: { debian: ["zbar-tools"], dnf: "zbar", pacman: "zbar" },
  },
  simple("tmux", "pictures in a real terminal", "-V"),
  simple("shellcheck", "looking for mistakes in shell scripts", "--version"),
  simple("bash", "the installer in this shell", "--version"),
  simple("dash", "the installer in this shell", "-c", "true"),
  simple("busybox", "the installer in this shell", "true"),
  simple("ustreamer", "another program's streams", "--version"),
  simple("wget", "the installer without curl", "--version"),
  {
    name: "gst-rtsp",
    purpose: "RTSP cameras",
    isThere: () =>
      runs(
        PYTHON,
        "-c",
        "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst; " +
          "Gst.init(None); exit(not Gst.ElementFactory.find('x264enc'))",
      ),
    linuxOnly: true,
    packages: {
      debian: [
        "python3-gi",
        "gir1.2-gst-rtsp-server-1.0",
        "gstreamer1.0-plugins-base",
        "gstreamer1.0-plugins-good",
        "gstreamer1.0-plugins-bad",
        "gstreamer1.0-plugins-ugly",
      ],
    },
  },
  {
    ...simple("bwrap", "the executable on a read-only system", "--version"),
    packages: { debian: ["bubblewrap"], dnf: "bubblewrap", pacman: "bubblewrap" },
  },
  {
    ...simple("jpegtran", "JPEG of another coding", "-version"),
    packages: {
      debian: ["libjpeg-turbo-progs"],
      dnf: "libjpeg-turbo-utils",
      pacman: "libjpeg-turbo",
    },
  },
  simple("zsh", "completion in zsh", "--version"),
  simple("fish", "completion in fish", "--version"),
  simple("groff", "the manual page", "--version"),
  simple("mypy", "types of the Python package", "--version"),
];

/** A program for Linux whose package has the program's name everywhere. */
function simple(name: NeedName, purpose: string, ...args: string[]): Need {
  const packages = { debian: [name], dnf: name, pacman: name };
  return { name, purpose, isThere: () => runs(name, ...args), linuxOnly: true, packages };
}

/** The needs that can exist on this system. */
export function needsHere(): Need[] {
  return NEEDS.filter(({ linuxOnly }) => !linuxOnly || Deno.build.os === "linux");
}
