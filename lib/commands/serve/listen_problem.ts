import { dirname } from "node:path";
import type { ListenAddress } from "../../server/sockets/serve_http.ts";
import { viewerHosts } from "./addresses.ts";

/** Why the server can't listen on an address. */
export interface ListenProblem {
  /** The problem, in words that follow the address and a colon. */
  reason: string;
  /** The remedy. */
  remedy: string;
}

/** Explains the system's error from listening on an address. */
export async function explainListening(
  listener: ListenAddress,
  problem: unknown,
): Promise<ListenProblem> {
  return "path" in listener
    ? await explainSocket(listener.path, problem)
    : explainAddress(listener, problem);
}

function explainAddress(
  { hostname }: { hostname: string },
  problem: unknown,
): ListenProblem {
  const another = "choose another port with '--port'";
  if (problem instanceof Deno.errors.AddrInUse) return { reason: "it is in use", remedy: another };
  if (problem instanceof Deno.errors.PermissionDenied) {
    const reason = "this user lacks the rights for it";
    return { reason, remedy: "take a port from 1024, with '--port'" };
  }
  const text = textOf(problem);
  const isUnknown = /lookup address|invalid host/i.test(text);
  if (isUnknown || problem instanceof Deno.errors.AddrNotAvailable) {
    const hosts = viewerHosts("0.0.0.0", Deno.networkInterfaces()).join(", ");
    const remedy = `'--host' can be 0.0.0.0 for all, or one of ${hosts}`;
    const reason = isUnknown
      ? `there is no host of the name '${hostname}'`
      : `${hostname} is not an address of this machine`;
    return { reason, remedy };
  }
  return { reason: text, remedy: another };
}

async function explainSocket(path: string, problem: unknown): Promise<ListenProblem> {
  const another = "choose another with '--unix'";
  if (problem instanceof Deno.errors.AddrInUse) {
    const isSocket = await Deno.stat(path).then(({ isSocket }) => isSocket, () => true);
    return isSocket
      ? { reason: "it is in use", remedy: another }
      : { reason: "what is there is not a socket", remedy: `remove it, or ${another}` };
  }
  if (problem instanceof Deno.errors.PermissionDenied) {
    const remedy = "choose a folder that this user may write to, with '--unix'";
    return { reason: "this user lacks the rights for it", remedy };
  }
  if (problem instanceof Deno.errors.NotFound) {
    return { reason: `there is no folder ${dirname(path)}`, remedy: `make it, or ${another}` };
  }
  const text = textOf(problem);
  // The runtime's message for a path that is too long for the system.
  if (/SUN_LEN/.test(text)) {
    return { reason: "its path is too long", remedy: "choose a shorter one with '--unix'" };
  }
  return { reason: text, remedy: another };
}

function textOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}
