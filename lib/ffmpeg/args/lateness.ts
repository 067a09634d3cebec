import type { FfmpegVersion } from "../ffmpeg_version.ts";

/** A picture is late from here on, in seconds: a newer one is on its way. */
const LATE = 0.5;
/** Skipping ends here. */
const FRESH = 0.15;
/**
 * The time over which the arrival rate is measured, in seconds; shorter ones say nothing on a busy
 * machine.
 */
const WATCH = 0.25;
/**
 * Pictures that catch up by less than this arrive no faster than they were taken, in seconds a
 * second.
 */
const GAIN = 0.3;
/** Clocks of two machines drift apart by less than this, in seconds a second. */
const DRIFT = 0.001;
/** The times of a stream that is "late" this often, and never catches up, are meaningless. */
const MAX_FORGIVEN = 3;
const FORGET_SECONDS = 30;

/**
 * ffmpeg prints several kinds of numbers for us, on lines of their own. Each kind is offset by one
 * of these, which identifies it; a double still has millisecond precision then.
 */
export const MARK = { least: 1e12, packet: 2e12, late: 3e12, forgiven: 4e12 } as const;

/** A filter for decoded pictures, for `-vf`: see {@linkcode skipsLate}. */
export function lateFilter(): string {
  return `select='${skipsLate("t")}'`;
}

/** The same for passed-on pictures, for `-bsf:v`; `undefined` for an ffmpeg without it. */
export function latePackets(version: FfmpegVersion): string[] {
  return hasDrop(version) ? ["-bsf:v", `noise=drop='not(${skipsLate("pts*tb")})'`] : [];
}

/**
 * The arguments of an output of no pictures, which tells when packets come. A decoder holds a packet back until
 * those that it refers to have come, so a decoded picture doesn't show how early it was here.
 *
 * @param isHeld whether ffmpeg knows that a packet has ended only when the next one begins, as it is with
 * streams whose pictures refer to each other: each came when the one before it was handed on
 */
export function packetTimes(version: FfmpegVersion, isHeld: boolean): string[] {
  if (!hasDrop(version)) return [];
  const steps = [
    "st(5,time(0))",
    "if(not(key),st(4,1))",
    `st(6,${isHeld ? "if(ld(4),ld(1),ld(5))" : "ld(5)"}-pts*tb)`,
    // A packet that is seconds late has another clock, or follows a stall, which ends by itself.
    `st(0,if(ld(1)*lt(ld(6)-ld(0),5),min(ld(6),ld(0)+${DRIFT}*(ld(5)-ld(1))),ld(6)))`,
    "st(1,ld(5))",
    `if(gt(abs(ld(0)-ld(2)),0.005),print(${MARK.packet}+st(2,ld(0)),16))`,
  ];
  const drop = `if(isnan(pts*tb)+isnan(key),0,${steps.join(";")});1`;
  return ["-map", "0:v:0", "-c:v", "copy", "-bsf:v", `noise=drop='${drop}'`, "-f", "null", "-"];
}

function hasDrop({ major, minor }: FfmpegVersion): boolean {
  return major > 5 || major === 5 && minor >= 1;
}

/**
 * An expression for ffmpeg that is 1 for a picture that passes, and 0 for one that is late while
 * newer ones are already there. The delay of pictures isn't known, but the smallest one seen so far
 * is: a picture is late by how much longer it took. From the first late one, pictures are skipped
 * until one is fresh, or until they arrive no faster than they were taken, which means that nothing
 * newer waits.
 *
 * For each picture that passes, it prints the picture's time in the stream and the smallest delay;
 * for others, how late they are. A picture that is late although nothing newer waits is forgiven:
 * its stream has another delay from now on.
 *
 * Variables: 0 the smallest delay; 1 and 2 the last picture's arrival and time; 3 whether pictures
 * are being skipped; 4 and 6 since when the arrival rate is measured, and how late pictures were
 * then; 5 now; 7 how late this one is; 8 whether nothing newer waits; 9 how often pictures were
 * forgiven.
 */
function skipsLate(t: string): string {
  const isWatched = `gte(ld(5)-ld(4),${WATCH})`;
  const steps = [
    "st(5,time(0))",
    // Measuring starts over when times step back.
    `st(0,if(ld(1)*gt(${t}-ld(2),-0.5),min(ld(5)-${t},ld(0)+${DRIFT}*(ld(5)-ld(1))),ld(5)-${t}))`,
    `st(7,ld(5)-${t}-ld(0))`,
    `st(9,max(0,ld(9)-(ld(5)-ld(1))/${FORGET_SECONDS}))`,
    `st(8,ld(3)*${isWatched}*lte(ld(6)-ld(7),${GAIN}*(ld(5)-ld(4))))`,
    `if(not(ld(3))+${isWatched},st(4,ld(5));st(6,ld(7)))`,
    `if(ld(8)*gt(ld(7),${LATE}),st(9,ld(9)+1);st(0,ld(5)-${t});print(${MARK.forgiven}+ld(7),16))`,
    `st(3,if(ld(3),gt(ld(7),${FRESH})*not(ld(8)),gt(ld(7),${LATE})*lt(ld(9),${MAX_FORGIVEN})))`,
    "st(1,ld(5))",
    `st(2,${t})`,
    `if(ld(3),print(${MARK.late}+ld(7),16),print(${t},16);print(${MARK.least}+ld(0),16))`,
    "not(ld(3))",
  ];
  // A picture without a time passes as if it were taken now.
  return `if(isnan(${t}),print(0,16);print(${MARK.least}+time(0),16);1,${steps.join(";")})`;
}
