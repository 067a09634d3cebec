#!/bin/sh
# Installs wscam for this user, or for all where /usr/local/bin may be written to:
#
#   curl -fsSL https://github.com/OWNER/NAME/releases/latest/download/install.sh | sh
#
# WSCAM_VERSION=0.1.0       another version than the latest
# WSCAM_BASE_URL=https://…  a folder that holds the executables and SHA256SUMS; http from this machine alone
# WSCAM_INSTALL_DIR=DIR     another folder to install into
#
# Everything is in functions, called in the last line: a script that arrives in part does nothing.
set -eu

say() { printf '%s\n' "$*"; }

fail() {
  printf 'wscam is not installed: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Prints the name that this system and processor have in the names of the executables.
find_target() {
  system=$(uname -s)
  processor=$(uname -m)
  case $system in
    Linux) system=linux ;;
    Darwin) system=macos ;;
    MINGW* | MSYS* | CYGWIN*) fail "on Windows, use PowerShell: irm …/install.ps1 | iex" ;;
    *) fail "there is no executable for $system" ;;
  esac
  # A shell under Rosetta says x86_64, on a processor that is none.
  if [ "$system" = macos ] && [ "$processor" = x86_64 ] &&
    [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || true)" = 1 ]; then
    processor=arm64
  fi
  case $processor in
    x86_64 | amd64) processor=x86_64 ;;
    aarch64 | arm64) processor=aarch64 ;;
    arm*) fail "32-bit ARM ($processor) has no executable: a Raspberry Pi 3 or later takes a 64-bit system" ;;
    *) fail "there is no executable for processors of the kind $processor" ;;
  esac
  # A 64-bit kernel under a 32-bit system, as on some Raspberry Pis.
  if [ "$system" = linux ] && has getconf && [ "$(getconf LONG_BIT 2>/dev/null || echo 64)" = 32 ]; then
    fail "this system is a 32-bit one: install a 64-bit one"
  fi
  if [ "$system" = linux ] && is_musl; then
    fail "this system has musl in place of glibc (Alpine does): run the container image, or a glibc system"
  fi
  printf '%s-%s\n' "$system" "$processor"
}

# Whether programs for glibc can't run here.
is_musl() {
  for loader in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1; do
    [ -e "${WSCAM_ROOT:-}$loader" ] && return 1
  done
  for loader in "${WSCAM_ROOT:-}"/lib/ld-musl-*; do
    [ -e "$loader" ] && return 0
  done
  return 1
}

# Whoever is on the way could change what plain http brings, the checksums with it.
require_https() {
  case $1 in
    [hH][tT][tT][pP][sS]://* | file:///*) return ;;
    [hH][tT][tT][pP]://*)
      host=${1#*://}
      host=${host%%[/?#]*}
      case ${host##*:} in
        *[!0-9]* | "") ;;
        *) host=${host%:*} ;;
      esac
      case $host in
        localhost | "[::1]") return ;;
        *[!0-9.]*) ;;
        127.*) return ;;
      esac
      ;;
  esac
  fail "WSCAM_BASE_URL must begin with https:// (http:// is for this machine alone), got $1"
}

# download ADDRESS FILE: who looks on sees how far it is.
download() {
  if has curl; then
    if [ -t 2 ]; then meter=--progress-bar; else meter=--silent; fi
    curl --fail $meter --show-error --location --proto-redir =https --retry 2 --connect-timeout 30 \
      --speed-limit 1 --speed-time 60 --output "$2" "$1"
  elif has wget; then
    wget -q -O "$2" "$1"
  else
    fail "neither curl nor wget is installed"
  fi
}

checksum() {
  if has sha256sum; then
    sha256sum <"$1"
  else
    shasum -a 256 <"$1"
  fi | cut -d ' ' -f 1
}

# Prints the folder to install into.
find_folder() {
  if [ -n "${WSCAM_INSTALL_DIR:-}" ]; then
    printf '%s\n' "$WSCAM_INSTALL_DIR"
  elif [ -d /usr/local/bin ] && [ -w /usr/local/bin ]; then
    printf '%s\n' /usr/local/bin
  else
    [ -n "${HOME:-}" ] || fail "HOME is not set; name a folder with WSCAM_INSTALL_DIR"
    printf '%s\n' "$HOME/.local/bin"
  fi
}

# Prints where the files are. A release puts its own address in here.
base_url() {
  releases=https://github.com/OWNER/NAME/releases
  if [ -n "${WSCAM_BASE_URL:-}" ]; then
    printf '%s\n' "${WSCAM_BASE_URL%/}"
  elif [ "${releases#*/OWNER/}" != "$releases" ]; then
    fail "this install.sh belongs to no release: take that of a release, or set WSCAM_BASE_URL"
  elif [ -n "${WSCAM_VERSION:-}" ]; then
    printf '%s\n' "$releases/download/v${WSCAM_VERSION#v}"
  else
    printf '%s\n' "$releases/latest/download"
  fi
}

# Prints a text as one word of a shell: as it is, where nothing in it needs quotes.
quoted() {
  case $1 in
    *[!A-Za-z0-9/._+-]*) printf "'%s'\n" "$(printf '%s\n' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s\n' "$1" ;;
  esac
}

# What adds a folder to PATH, in the file that this user's shell reads.
advise_path() {
  inside=$(printf '%s\n' "$1" | sed 's/[\\"$`]/\\&/g')
  case ${SHELL:-} in
    */fish)
      say "  fish_add_path \"$inside\""
      return
      ;;
    */zsh) file=.zshrc ;;
    */bash) if [ "$system" = macos ]; then file=.bash_profile; else file=.bashrc; fi ;;
    *) file=.profile ;;
  esac
  say "  echo $(quoted "export PATH=\"$inside:\$PATH\"") >> ~/$file"
}

advise() {
  case ":${PATH:-}:" in
    *":$1:"*)
      command=wscam
      first=$(command -v wscam || true)
      [ "$first" = "$1/wscam" ] || say "$first comes first on your PATH: remove that one"
      ;;
    *)
      command=$(quoted "$1/wscam")
      say "$1 is not on your PATH. To add it, for terminals that you open from now on:"
      advise_path "$1"
      ;;
  esac
  if ! has ffmpeg; then
    case $system in
      macos) how="brew install ffmpeg" ;;
      *) how="sudo apt install ffmpeg, or what your system has in its place" ;;
    esac
    say "Cameras need ffmpeg, which is not installed: $how"
  fi
  say "Try it: $command --camera test"
}

main() {
  target=$(find_target)
  system=${target%%-*}
  base=$(base_url)
  require_https "$base"
  folder=$(find_folder)
  name=wscam-$target
  has sha256sum || has shasum ||
    fail "neither sha256sum nor shasum is installed, to check what is downloaded"
  mkdir -p "$folder" || fail "$folder can't be made; name another with WSCAM_INSTALL_DIR"
  # With CDPATH, 'cd' goes elsewhere.
  folder=$(unset CDPATH && cd "$folder" && pwd)
  # However it ends: a signal that isn't caught would end it without the first.
  work=
  trap '[ -z "$work" ] || rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT QUIT PIPE TERM
  # In the same folder, so that the last step is a rename: there is never half a program.
  work=$(mktemp -d "$folder/.wscam-install.XXXXXX") ||
    fail "$folder can't be written to; name another with WSCAM_INSTALL_DIR"
  say "Downloading $base/$name"
  download "$base/SHA256SUMS" "$work/SHA256SUMS" || fail "$base/SHA256SUMS can't be downloaded"
  wanted=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$name\$/\1/p" "$work/SHA256SUMS")
  [ -n "$wanted" ] || fail "$base/SHA256SUMS does not list $name"
  download "$base/$name" "$work/wscam" || fail "$base/$name can't be downloaded"
  found=$(checksum "$work/wscam")
  [ "$found" = "$wanted" ] ||
    fail "what was downloaded is damaged: its checksum is $found, and must be $wanted"
  chmod 755 "$work/wscam"
  version=$("$work/wscam" --version) || fail "the executable does not run on this system"
  mv -f "$work/wscam" "$folder/wscam"
  say "Installed $version as $folder/wscam"
  advise "$folder"
}

main
