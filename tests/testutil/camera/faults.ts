import { type Fault, OPENS_MS, RECOVERS_MS, type Subject } from "./fault_bench.ts";
import type { Mood } from "./moody_ffmpeg.ts";

/** The faults of a camera, and of the program that reads it. */
export const FAULTS: readonly Fault[] = [
  {
    name: "unplugged, and plugged in again",
    says: / was unplugged, /,
    strike: ({ vcam }) => vcam.fault("unplugged"),
    mend: ({ vcam }) => vcam.fault("none"),
  },
  {
    name: "frozen, and well again",
    says: / is frozen: no picture for 5 s, /,
    strike: ({ vcam }) => vcam.fault("frozen"),
    mend: ({ vcam }) => vcam.fault("none"),
  },
  {
    name: "taken by another program",
    says: / was killed by SIGKILL, /,
    logs: /is busy: another program uses /,
    async strike(subject) {
      await subject.vcam.fault("busy");
      await kill(subject, "SIGKILL");
    },
    mend: ({ vcam }) => vcam.fault("none"),
  },
  {
    name: "ffmpeg killed with -9",
    says: / failed \(\/dev\/video\d+\): ffmpeg was killed by SIGKILL, /,
    strike: (subject) => kill(subject, "SIGKILL"),
  },
  {
    name: "ffmpeg stopped (-STOP)",
    says: / is frozen: no picture for 5 s, /,
    strike: (subject) => kill(subject, "SIGSTOP"),
  },
  moody("ffmpeg that prints garbage", "garbage", /gives no pictures: /),
  moody("ffmpeg that prints nothing", "silent", /is frozen: /),
  moody("ffmpeg that ignores SIGTERM", "deaf", /is frozen: /),
  moody("ffmpeg that complains without end", "loud", /is frozen: /),
];

/** The ffmpeg that runs is killed, so that another one takes its place. */
function moody(name: string, mood: Mood, logs: RegExp): Fault {
  return {
    name,
    says: / was killed by SIGKILL, /,
    logs,
    recoversMs: mood === "garbage" ? RECOVERS_MS : OPENS_MS,
    async strike(subject) {
      await subject.ffmpeg.setMood(subject.vcam.path, mood);
      await kill(subject, "SIGKILL");
    },
    mend: ({ ffmpeg, vcam }) => ffmpeg.setMood(vcam.path),
  };
}

async function kill(subject: Subject, signal: Deno.Signal): Promise<void> {
  Deno.kill(await subject.reader(), signal);
}
