/** A program or library that tests need and that this project doesn't bring along. */
export type NeedName =
  | "ffmpeg"
  | "chromium"
  | "firefox"
  | "python3-websockets"
  | "python3-opencv"
  | "python3-pil"
  | "node"
  | "cc"
  | "turbojpeg"
  | "v4l2-ctl"
  | "nats-server"
  | "promtool"
  | "systemd"
  | "plistutil"
  | "curl"
  | "openssl"
  | "nginx"
  | "caddy"
  | "zbarimg"
  | "tmux"
  | "shellcheck"
  | "bash"
  | "dash"
  | "busybox"
  | "wget"
  | "gst-rtsp"
  | "ustreamer"
  | "bwrap"
  | "jpegtran"
  | "zsh"
  | "fish"
  | "groff"
  | "mypy";

/** One of them: how to tell that it is there, and its name where it can be had. */
export interface Need {
  name: NeedName;
  /** The purpose that tests have for it, for the reader of a list. */
  purpose: string;
  /** Whether it is there and works; the real thing is run. */
  isThere: () => boolean;
  /** Whether it exists for Linux only, and so do the tests that need it. */
  linuxOnly?: boolean;
  /** Names of packages, by package manager. */
  packages: { debian: string[]; brew?: string; winget?: string; dnf?: string; pacman?: string };
}
