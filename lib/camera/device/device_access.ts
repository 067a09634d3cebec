import { quote } from "../../protocol/quote.ts";

/** Facts about a device that can't be opened, and about the user running this program (Linux). */
export interface AccessFacts {
  /** The group that owns the device. */
  gid: number;
  /** Its permissions, as `chmod` takes them. */
  mode: number;
  /** The user running this program. */
  uid: number;
  /** The text of `/etc/group`. */
  groups: string;
  /** The text of `/etc/passwd`. */
  users: string;
  /** The text of `/proc/self/status`. */
  status: string;
  /** The text of `/proc/self/cgroup`. */
  cgroup: string;
}

const GROUP_MAY_USE = 0o060;

/**
 * Looks up what {@linkcode accessRemedy} needs; `undefined` if the device can't even be examined.
 */
export async function readAccess(device: string): Promise<AccessFacts | undefined> {
  const read = (path: string) => Deno.readTextFile(path).catch(() => "");
  const [groups, users, status, cgroup] = await Promise.all([
    read("/etc/group"),
    read("/etc/passwd"),
    read("/proc/self/status"),
    read("/proc/self/cgroup"),
  ]);
  try {
    const { gid, mode } = await Deno.stat(device);
    const uid = Deno.uid();
    if (gid === null || mode === null || uid === null) return undefined;
    return { gid, mode, uid, groups, users, status, cgroup };
  } catch {
    return undefined;
  }
}

/** Says how to get access to a device. */
export function accessRemedy(device: string, facts: AccessFacts | undefined): string {
  if (facts === undefined) return joinGroup("video", "$USER");
  const { gid, mode, uid } = facts;
  if (uid === 0) {
    return `not even root may use it here; in a container, start it with '--device ${device}'`;
  }
  const user = userName(facts);
  const [group, members] = groupOf(facts);
  if ((mode & GROUP_MAY_USE) !== GROUP_MAY_USE) {
    return `let its group use it (sudo chgrp video ${device} && sudo chmod g+rw ${device})`;
  }
  const service = serviceOf(facts);
  if (service !== undefined) {
    return `add 'SupplementaryGroups=${group}' to ${service} (sudo systemctl edit ${service})`;
  }
  if (processGroups(facts).includes(gid)) return `see who may use it with 'ls -l ${device}'`;
  if (user !== undefined && members.includes(user)) {
    return `you are already in its group ${quote(group)}: log in again`;
  }
  return joinGroup(group, user ?? "$USER");
}

function joinGroup(group: string, user: string): string {
  return `join the group ${quote(group)} (sudo usermod -aG ${group} ${user}) and log in again`;
}

/** The name of the device's group, or its number, and its members. */
function groupOf({ gid, groups }: AccessFacts): [string, string[]] {
  for (const line of groups.split("\n")) {
    const [name, , number, members = ""] = line.split(":");
    if (name && number === String(gid)) return [name, members.split(",")];
  }
  return [String(gid), []];
}

function userName({ uid, users }: AccessFacts): string | undefined {
  for (const line of users.split("\n")) {
    const [name, , number] = line.split(":");
    if (name && number === String(uid)) return name;
  }
  return undefined;
}

function processGroups({ status }: AccessFacts): number[] {
  const lines = status.matchAll(/^(?:Gid|Groups):\s*([\d\s]*?)$/gm);
  return [...lines].flatMap(([, numbers = ""]) => numbers.trim().split(/\s+/)).map(Number);
}

/** The service that systemd itself started this process as. */
function serviceOf({ status, cgroup }: AccessFacts): string | undefined {
  if (!/^PPid:\s+1$/m.test(status)) return undefined;
  return cgroup.match(/:\/system\.slice\/(?:[^/\n]+\/)*([\w@.:-]+\.service)$/m)?.[1];
}
