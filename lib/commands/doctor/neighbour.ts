import { STATUS_CODE } from "@std/http/status";
import { request } from "node:https";
import { Readable } from "node:stream";
import type { Device } from "../../camera/device/device_list.ts";
import type { CameraInfo } from "../../server/camera_list.ts";
import type { ListenAddress } from "../../server/sockets/serve_http.ts";

/** A wscam that listens where we want to. */
export interface Neighbour {
  /** Its cameras, unless it keeps them secret. */
  cameras: readonly NeighbourCamera[] | undefined;
}

/** A camera of another wscam. */
export type NeighbourCamera = Pick<CameraInfo, "name" | "source" | "state" | "resolution" | "fps">;

/** Any program may be listening there: it gets no more time than this. */
const TIMEOUT_MS = 2000;
const MAX_ANSWER = 64 * 1024;

export interface AskNeighbourOptions {
  /**
   * The token to show to a wscam that asks for one.
   *
   * @default {none}
   */
  token?: string | undefined;
}

/** Finds out who listens at an address; undefined if it is not a wscam. */
export async function askNeighbour(
  listener: ListenAddress,
  { token }: AskNeighbourOptions = {},
): Promise<Neighbour | undefined> {
  try {
    const answer = await askCameras(listener);
    if (answer !== "closed" || token === undefined) return neighbourOf(answer);
    return neighbourOf(await askCameras(listener, { authorization: `Bearer ${token}` }));
  } catch {
    // It doesn't speak HTTP, or doesn't answer.
    return undefined;
  }
}

/** The text of its list, or that a wscam keeps it secret; `undefined` if it is not a wscam. */
type ListAnswer = { text: string } | "closed" | undefined;

async function askCameras(
  listener: ListenAddress,
  headers: Record<string, string> = {},
): Promise<ListAnswer> {
  const response = await get(listener, headers);
  const text = await readSome(response);
  if (response.status !== STATUS_CODE.Unauthorized) return { text };
  return /wscam/i.test(response.headers.get("www-authenticate") ?? "") ? "closed" : undefined;
}

/** Tries HTTP, then HTTPS if HTTP isn't understood. */
async function get(
  listener: ListenAddress,
  headers: Record<string, string>,
): Promise<Response> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  using client = "path" in listener
    ? Deno.createHttpClient({ proxy: { transport: "unix", path: listener.path } })
    : undefined;
  const address = `${addressOf(listener)}/cameras`;
  const options = { headers, signal };
  try {
    return await fetch(address, { ...options, redirect: "manual", ...(client ? { client } : {}) });
  } catch (error) {
    if (client !== undefined || signal.aborted) throw error;
    return await getSecurely(address.replace("http:", "https:"), options);
  }
}

/** Like `fetch`, with any certificate: the point is to learn who listens here. */
async function getSecurely(
  address: string,
  options: { headers: Record<string, string>; signal: AbortSignal },
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const asked = request(address, { ...options, agent: false, rejectUnauthorized: false });
  asked.on("error", reject);
  asked.on("response", (answer) => {
    const challenge = answer.headers["www-authenticate"];
    resolve(
      new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array<ArrayBuffer>>, {
        status: answer.statusCode ?? 0,
        headers: challenge === undefined ? {} : { "www-authenticate": challenge },
      }),
    );
  });
  asked.end();
  return await promise;
}

function neighbourOf(answer: ListAnswer): Neighbour | undefined {
  if (answer === undefined) return undefined;
  if (answer === "closed") return { cameras: undefined };
  const cameras = parseCameraList(answer.text);
  return cameras && { cameras };
}

/** Parses an answer to `GET /cameras`; undefined if it isn't a list of cameras. */
export function parseCameraList(text: string): NeighbourCamera[] | undefined {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Array.isArray(list) && list.length > 0 && list.every(isCamera) ? list : undefined;
}

/** The camera of another wscam that has a device open now, if there is one. */
export function whoHas(
  { index, name, device }: Device,
  { cameras = [] }: Neighbour,
): NeighbourCamera | undefined {
  return cameras.find(({ source, state }) => {
    if (source === "" || state !== "live" && state !== "opening") return false;
    if (/^\d+$/.test(source)) return Number(source) === index;
    return source === device || name.toLowerCase().includes(source.toLowerCase());
  });
}

function isCamera(value: unknown): value is NeighbourCamera {
  if (typeof value !== "object" || value === null) return false;
  const camera = value as Partial<Record<keyof NeighbourCamera, unknown>>;
  const { name, source, state, resolution, fps } = camera;
  return [name, source, state].every((each) => typeof each === "string") &&
    (resolution === null || typeof resolution === "string") &&
    (fps === null || typeof fps === "number");
}

function addressOf(listener: ListenAddress): string {
  if ("path" in listener) return "http://localhost";
  const { hostname, port } = listener;
  const host = hostname === "0.0.0.0" ? "127.0.0.1" : hostname === "::" ? "::1" : hostname;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

async function readSome({ body }: Response): Promise<string> {
  if (body === null) return "";
  let text = "";
  // Leaving the loop cancels the rest of the body.
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.length > MAX_ANSWER) return "";
  }
  return text;
}
