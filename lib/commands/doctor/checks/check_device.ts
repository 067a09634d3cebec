import {
  type AccessFacts,
  accessRemedy,
  readAccess,
} from "../../../camera/device/device_access.ts";
import { type Check, messageOf } from "../check.ts";

/** The facts about a device's file. */
export interface DeviceFacts {
  /** Its path. */
  device: string;
  /** The error from opening it; undefined if it can be read and written. */
  problem: unknown;
  /** Its group, if that is known. */
  access?: AccessFacts | undefined;
}

/** Checks whether a device's file exists and may be used (Linux). */
export async function checkDevice(device: string): Promise<Check> {
  try {
    const { isCharDevice } = await Deno.stat(device);
    if (!isCharDevice) return judgeDevice({ device, problem: new TypeError("it is not a device") });
    const problem = await tryOpen(device);
    return judgeDevice({ device, problem, access: await readAccess(device) });
  } catch (problem) {
    return judgeDevice({ device, problem });
  }
}

/** Whether a device can be used, and what to do if not. */
export function judgeDevice({ device, problem, access }: DeviceFacts): Check {
  const check = { name: "device", status: "fail" } as const;
  if (problem === undefined || isBusy(problem)) {
    return { ...check, status: "ok", message: `${device} is there, and you may use it` };
  }
  if (problem instanceof Deno.errors.NotFound) {
    const remedy = "plug the camera in, or choose another ('wscam cameras' lists them)";
    return { ...check, message: `${device} does not exist`, remedy };
  }
  if (problem instanceof Deno.errors.PermissionDenied) {
    const message = `You may not use ${device}`;
    return { ...check, message, remedy: accessRemedy(device, access) };
  }
  const remedy = "plug the camera in again; if that doesn't help, the system has no driver for it";
  return { ...check, message: `${device} can't be opened: ${messageOf(problem)}`, remedy };
}

/** Tries to open it, since both groups and access lists matter. */
async function tryOpen(device: string): Promise<unknown> {
  try {
    (await Deno.open(device, { read: true, write: true })).close();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Some drivers allow only one program at a time; the measurement finds out which one. */
function isBusy(problem: unknown): boolean {
  return problem instanceof Deno.errors.Busy || /\(os error 16\)/.test(messageOf(problem));
}
