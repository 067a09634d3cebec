import { askProgram } from "../../../ffmpeg/ask_program.ts";
import type { Check } from "../check.ts";

/** The facts about the clock. */
export interface ClockFacts {
  /** Its time. */
  now: Date;
  /** Whether it is synchronized over the network, if that is known. */
  isSynchronized: boolean | undefined;
}

/** A correct clock can't be earlier: the program was written later than this. */
const EARLIEST = Date.UTC(2026, 0);
const LATEST = Date.UTC(2100, 0);
const ASK_MS = 2000;

/** Checks the clock, which every picture's timestamp comes from. */
export async function checkClock(): Promise<Check> {
  return judgeClock({ now: new Date(), isSynchronized: await isSynchronized() });
}

/** Whether timestamps can be right. */
export function judgeClock({ now, isSynchronized }: ClockFacts): Check {
  const shown = `${now.toISOString().slice(0, 19)}Z`;
  const remedy = Deno.build.os === "linux"
    ? "set it over the network: sudo timedatectl set-ntp true"
    : "let the system set it over the network";
  if (now.getTime() < EARLIEST || now.getTime() > LATEST) {
    const message = `The clock shows ${shown}, so pictures would have the wrong time`;
    return { name: "clock", status: "fail", message, remedy };
  }
  if (isSynchronized === false) {
    const message =
      `The clock shows ${shown}, but isn't synchronized: the times of pictures may be off`;
    return { name: "clock", status: "warn", message, remedy };
  }
  const how = isSynchronized ? " and is synchronized" : "";
  return { name: "clock", status: "ok", message: `The clock shows ${shown}${how}` };
}

async function isSynchronized(): Promise<boolean | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  const args = ["show", "--property=NTPSynchronized"];
  const { text } = await askProgram("timedatectl", args, { timeoutMs: ASK_MS });
  const [, answer] = text.match(/^NTPSynchronized=(yes|no)$/m) ?? [];
  if (answer !== undefined) return answer === "yes";
  const isMarked = await Deno.stat("/run/systemd/timesync/synchronized").then(
    () => true,
    () => false,
  );
  return isMarked || undefined;
}
