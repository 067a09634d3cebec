import { assert, assertEquals, assertMatch } from "@std/assert";
import { type CountingViewer, openCountingViewer } from "../client/counting_viewer.ts";
import { eventually } from "../eventually.ts";
import { createMoodyFfmpeg, type MoodyFfmpeg } from "./moody_ffmpeg.ts";
import { childrenOf, ownMemoryOf } from "../system/processes.ts";
import { startVcam, type Vcam, vcamEnv } from "./vcam.ts";
import { startWscam, type Wscam } from "../program/wscam.ts";

/** One way in which a camera fails. */
export interface Fault {
  /** The fault, in words. */
  name: string;
  /** The message that viewers get. */
  says: RegExp;
  /** The log's words before the camera is made well again, if they differ. */
  logs?: RegExp;
  /** Pictures come so soon after it is well again, in milliseconds. @default {RECOVERS_MS} */
  recoversMs?: number;
  /** Makes it fail. */
  strike(subject: Subject): Promise<void> | void;
  /** Makes it well again; one without this is well as soon as viewers were told. */
  mend?(subject: Subject): Promise<void>;
}

/** A camera that fails, and its viewers. */
export interface Subject {
  /** Its value of `?camera=`. */
  name: string;
  vcam: Vcam;
  ffmpeg: MoodyFfmpeg;
  viewers: CountingViewer[];
  /** The process that reads the camera now. */
  reader(): Promise<number>;
}

/** The results of a fault, one for each time. */
export interface FaultFigures {
  /** From the fault until viewers were told, in milliseconds. */
  toldMs: number[];
  /** From the camera being well again until all viewers had a picture of that time, in milliseconds. */
  recoveredMs: number[];
  /** Pictures that a viewer missed. */
  lost: number[];
}

export interface RunFaultOptions {
  /** How often it happens. */
  times: number;
  /** The time that it lasts once viewers were told, in milliseconds. */
  lastsMs: () => number;
  /** Called while it is down: between telling viewers and making it well, where these are two. */
  onDown?: () => Promise<void>;
}

export interface FaultBenchOptions {
  /** Added to the command line, before the virtual cameras. @default {[]} */
  args?: string[];
  /** The number of viewers of each camera. @default {2} */
  viewers?: number;
}

/** One wscam with a virtual camera for each fault, and viewers for each camera. */
export interface FaultBench extends AsyncDisposable {
  readonly server: Wscam;
  readonly subjects: readonly Subject[];
  /** The server's holdings now: memory in bytes, file descriptors, processes. */
  holds(): Promise<{ resident: number; descriptors: number; processes: number }>;
  /** Lets a fault happen to a subject, again and again, and checks that nobody is lost. */
  run(fault: Fault, subject: Subject, options: RunFaultOptions): Promise<FaultFigures>;
}

/**
 * The most milliseconds that pass from when a camera is well again until there are pictures, on a
 * machine that isn't overloaded: the longest wait between two tries, or the time that a silent one is
 * given, and what opening takes.
 */
export const RECOVERS_MS = 6000;
/** The same after a program that gave no first picture: it is given 20 s for that. */
export const OPENS_MS = 22_000;
/** Pictures a second: the default. */
const FPS = 10;
/** After this time, a working camera's waits start over. */
const REST_MS = 5500;
/** Nothing here takes this long, but other tests may keep the machine busy. */
const PATIENCE_MS = 90_000;

/** Starts it, and waits until every viewer has pictures. */
export async function startFaultBench(
  count: number,
  { args = [], viewers: audience = 2 }: FaultBenchOptions = {},
): Promise<FaultBench> {
  await using stack = new AsyncDisposableStack();
  const ffmpeg = stack.use(await createMoodyFfmpeg());
  const vcams: Vcam[] = [];
  for (let i = 0; i < count; i++) {
    vcams.push(stack.use(await startVcam({ width: 320, height: 240, fps: 15 })));
  }
  const cameras = vcams.flatMap((vcam) => ["--camera", `${nameOf(vcam)}=${vcam.path}`]);
  const server = stack.use(
    await startWscam([...args, ...cameras, "--ffmpeg", ffmpeg.path], { env: vcamEnv(...vcams) }),
  );
  const subjects: Subject[] = [];
  for (const vcam of vcams) {
    const name = nameOf(vcam);
    const viewers: CountingViewer[] = [];
    for (let i = 0; i < audience; i++) {
      viewers.push(stack.use(await openCountingViewer(`${server.ws}/?camera=${name}`)));
    }
    subjects.push({ name, vcam, ffmpeg, viewers, reader: () => readerOf(server, vcam) });
  }
  await untilAll(subjects.flatMap(({ viewers }) => viewers), ({ images }) => images > 5);
  const all = stack.move();
  return {
    server,
    subjects,
    holds: async () => ({
      resident: ownMemoryOf(server.pid),
      descriptors: [...Deno.readDirSync(`/proc/${server.pid}/fd`)].length,
      processes: (await childrenOf(server.pid, { deep: true })).length,
    }),
    run: (fault, subject, options) => runFault(fault, subject, { ...options, server }),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  };
}

function nameOf({ index }: Vcam): string {
  return `cam${index}`;
}

async function runFault(
  fault: Fault,
  subject: Subject,
  { times, lastsMs, onDown, server }: RunFaultOptions & { server: Wscam },
): Promise<FaultFigures> {
  const { viewers, name } = subject;
  const figures: FaultFigures = { toldMs: [], recoveredMs: [], lost: [] };
  for (let round = 1; round <= times; round++) {
    if (round > 1) await new Promise((resolve) => setTimeout(resolve, REST_MS));
    for (const viewer of viewers) viewer.longestGap = 0;
    const told = viewers.map(({ errors }) => errors.length);
    const logged = server.output.stderr.length;
    const struckAt = Date.now();
    await fault.strike(subject);
    await untilAll(viewers, ({ errors }, i) => errors.length > (told[i] ?? 0));
    figures.toldMs.push(Date.now() - struckAt);
    if (fault.logs) {
      const pattern = new RegExp(`Camera ${name} ${fault.logs.source}`);
      await eventually(() => pattern.test(server.output.stderr.slice(logged)), {
        within: PATIENCE_MS,
        what: `the log to say ${pattern}`,
      });
    }
    if (fault.mend) {
      await new Promise((resolve) => setTimeout(resolve, lastsMs()));
      await onDown?.();
      await fault.mend(subject);
    }
    const wellAt = Date.now();
    await untilAll(viewers, ({ lastCapture }) => lastCapture > wellAt);
    figures.recoveredMs.push(Date.now() - wellAt);
    figures.lost.push(...viewers.map(({ longestGap }) => Math.round(longestGap * FPS / 1000) - 1));
    for (const [i, { errors, isOpen }] of viewers.entries()) {
      assert(isOpen, "no viewer is disconnected");
      const [words = "", ...more] = errors.slice(told[i]);
      assertMatch(words, fault.says);
      assertEquals(more, [], "one message for each outage");
    }
  }
  return figures;
}

/** The process that has the camera open: neither the guard, nor an ffmpeg that queries modes. */
async function readerOf(server: Wscam, { path }: Vcam): Promise<number> {
  return await eventually(async () => {
    for (const pid of await childrenOf(server.pid, { deep: true })) {
      const command = await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
      const args = command.split("\0");
      if (args[0] === "ffmpeg" && args.includes(path) && args.includes("pipe:1")) return pid;
    }
    return undefined;
  }, { within: PATIENCE_MS, what: `an ffmpeg that reads ${path}` });
}

async function untilAll(
  viewers: readonly CountingViewer[],
  isSo: (viewer: CountingViewer, index: number) => boolean,
): Promise<void> {
  await eventually(() => viewers.every(isSo), { within: PATIENCE_MS, what: `all: ${isSo}` });
}
