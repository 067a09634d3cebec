import type { ListenAddress } from "../../../server/sockets/serve_http.ts";
import { explainListening } from "../../serve/listen_problem.ts";
import type { Check } from "../check.ts";
import { askNeighbour, type Neighbour } from "../neighbour.ts";

/** Whether the server could listen on an address, and who has it if not. */
export interface PortFindings {
  /** The check. */
  check: Check;
  /** The wscam that listens there already. */
  neighbour?: Neighbour;
}

/** Checks whether a server could listen there; a wscam that already does is shown our token. */
export async function checkPort(
  listener: ListenAddress,
  { token }: { token?: string | undefined } = {},
): Promise<PortFindings> {
  const problem = "path" in listener ? await tryUnix(listener.path) : tryListen(listener);
  if (problem === undefined) return { check: isFree(listener) };
  const neighbour = isTaken(problem) ? await askNeighbour(listener, { token }) : undefined;
  if (neighbour === undefined) return { check: await isUnusable(listener, problem) };
  const names = neighbour.cameras?.map(({ name }) => name).join(", ");
  const wants = token === undefined ? "a token" : "another token";
  const serves = names === undefined ? `that asks for ${wants}` : `that serves ${names}`;
  const check: Check = {
    name: "port",
    status: "warn",
    message: `${placeOf(listener)} is in use by a wscam ${serves}`,
    remedy: `use that one, or give a second one another '${optionOf(listener)}'`,
  };
  return { check, neighbour };
}

function isFree(listener: ListenAddress): Check {
  const isAny = "port" in listener && listener.port === 0;
  const message = isAny ? "A free port is available" : `${placeOf(listener)} is free`;
  return { name: "port", status: "ok", message };
}

async function isUnusable(listener: ListenAddress, problem: unknown): Promise<Check> {
  const { reason, remedy } = await explainListening(listener, problem);
  const check = { name: "port", status: "fail" } as const;
  const place = placeOf(listener);
  return reason === "it is in use"
    ? { ...check, message: `${place} is in use by another program`, remedy: `end it, or ${remedy}` }
    : { ...check, message: `${place} isn't available: ${reason}`, remedy };
}

/** Finds out why we can't listen, if we can't. */
function tryListen(options: { hostname: string; port: number }): unknown {
  try {
    Deno.listen(options).close();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** As in `serve`: a socket on which nobody answers is not an obstacle. */
async function tryUnix(path: string): Promise<unknown> {
  const found = await Deno.lstat(path).catch(() => undefined);
  try {
    if (found !== undefined) {
      (await Deno.connect({ transport: "unix", path })).close();
      return new Deno.errors.AddrInUse();
    }
    // Deno removes the socket when it closes it.
    Deno.listen({ transport: "unix", path }).close();
  } catch (error) {
    const isStale = error instanceof Deno.errors.ConnectionRefused;
    if (!isStale || !found?.isSocket) return isStale ? new Deno.errors.AddrInUse() : error;
  }
  return undefined;
}

function isTaken(problem: unknown): boolean {
  return problem instanceof Deno.errors.AddrInUse;
}

function placeOf(listener: ListenAddress): string {
  if ("path" in listener) return `Socket ${listener.path}`;
  return `Port ${listener.port} on ${listener.hostname}`;
}

function optionOf(listener: ListenAddress): string {
  return "path" in listener ? "--unix" : "--port";
}
