/** The things that a stand-in for ffmpeg does, instead of giving pictures. */
export type Mood =
  /** Writes something that is not a picture. */
  | "garbage"
  /** Lives and writes nothing. */
  | "silent"
  /** The same, and ends only with SIGKILL. */
  | "deaf"
  /** Complains as fast as it is heard. */
  | "loud"
  /** Complains as fast as it is heard, next to an ffmpeg that gives pictures. */
  | "loud at work";

/** A program for `--ffmpeg`: the real one, until the test makes it misbehave. */
export interface MoodyFfmpeg extends AsyncDisposable {
  /** The program. */
  readonly path: string;
  /**
   * Sets what it does with a device, or with `"everything"` it is asked, from its next start on; gives pictures
   * again without a mood.
   */
  setMood(device: string, mood?: Mood): Promise<void>;
}

/** Questions about versions and modes go to the real one, unless the mood is for everything. */
const SCRIPT = `#!/bin/sh
mood=
read -r mood 2>/dev/null < "\${0%/*}/everything"
case "$*" in
  *pipe:1)
    for each do
      case $each in
        /dev/*) read -r mood < "\${0%/*}/\${each##*/}" ;;
      esac
    done 2>/dev/null ;;
esac
case $mood in
  garbage) exec cat /dev/urandom ;;
  silent) exec sleep 1000 ;;
  deaf) trap '' TERM; while :; do sleep 1; done ;;
  loud) exec yes 'something is wrong' >&2 ;;
  'loud at work') yes 'something is wrong' >&2 & ;;
esac
exec ffmpeg "$@"
`;

/** Writes the program into a folder of its own. */
export async function createMoodyFfmpeg(): Promise<MoodyFfmpeg> {
  const dir = await Deno.makeTempDir({ prefix: "wscam-moody-" });
  const path = `${dir}/ffmpeg`;
  await Deno.writeTextFile(path, SCRIPT, { mode: 0o755 });
  return {
    path,
    setMood: (device, mood = undefined) =>
      Deno.writeTextFile(`${dir}/${device.replace(/^.*\//, "")}`, mood ? `${mood}\n` : ""),
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}
