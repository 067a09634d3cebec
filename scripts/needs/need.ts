/** A program or library that tests need and that is not part of this project. */
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

/** One of them: how to check for it, and the names of its packages. */
export interface Need {
  name: NeedName;
  /** Its use in tests, for a list that users read. */
  purpose: string;
  /** Whether it is there and works; the real thing is run. */
  isThere: () => boolean;
  /** Whether it, and every test that needs it, is for Linux only. */
  linuxOnly?: boolean;
  /** Names of packages, by package manager. */
  packages: { debian: string[]; brew?: string; winget?: string; dnf?: string; pacman?: string };
}
