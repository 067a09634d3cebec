import { STATUS_CODE } from "@std/http/status";
import { quote } from "../../protocol/quote.ts";
import type { ServedCamera } from "../../stream/served_camera.ts";
import type { Picture } from "../../stream/picture.ts";
import { takeSnapshot } from "../../stream/snapshot.ts";
import { full, plain } from "../answers.ts";
import { placeholderOf } from "./placeholder.ts";
import type { Asked, Parts } from "../route.ts";
import { sharerOf } from "../seats.ts";
import { readWish, type Wish } from "./wish.ts";

/** A day: a client that accepts an older picture accepts any. */
const MOST_AGE = 86_400;

/** Answers `GET /snapshot`: one picture. */
export async function answerSnapshot(asked: Asked, parts: Parts): Promise<Response> {
  const wanted = readWish(asked, parts);
  if (wanted instanceof Response) return wanted;
  const { connection: { address }, grant: { expires } } = asked;
  // A client that waits for a picture has a seat like any other.
  const visit = parts.viewers.enter({ address, expires, end() {} });
  if (visit === undefined) return full(parts.viewers.refusal(address) ?? "");
  try {
    return await snapshotResponse(asked, wanted);
  } finally {
    visit.leave();
  }
}

/** The response to `GET /snapshot`: one JPEG file, or 503 with the reason if the camera is down. */
async function snapshotResponse(
  { request, url: { searchParams: query }, cameras, connection: { address } }: Asked,
  { served, settings: { quality = null, width = null } }: Wish,
): Promise<Response> {
  const maxAge = readMaxAge(query.get("max_age"));
  if (typeof maxAge === "string") return plain(STATUS_CODE.BadRequest, maxAge);
  const { signal } = request;
  const snapshot = await takeSnapshot(served, {
    quality,
    width,
    maxAge,
    address,
    signal,
    owner: sharerOf(address),
    budget: cameras.budget,
  });
  if (!snapshot.ok) {
    if (query.get("placeholder") === "1") return await placeholder(served, snapshot.reason, width);
    const text = `Camera ${served.name} ${snapshot.reason}`;
    return plain(STATUS_CODE.ServiceUnavailable, text, { "retry-after": "5" });
  }
  const headers = headersOf(snapshot.picture, snapshot.shape);
  if (matches(request.headers.get("if-none-match"), headers.etag)) {
    return new Response(null, { status: STATUS_CODE.NotModified, headers });
  }
  return new Response(snapshot.picture.as("jpeg"), {
    headers: { ...headers, "content-type": "image/jpeg" },
  });
}

/** Clients that can't show text get a picture of it. */
async function placeholder(
  served: ServedCamera,
  reason: string,
  width: number | null,
): Promise<Response> {
  const { status } = served;
  const outage = status.state === "failed" ? status : { reason };
  return new Response(await placeholderOf(served, outage, width), {
    headers: {
      "content-type": "image/jpeg",
      "cache-control": "no-cache, no-store",
      "x-wscam-state": "failed",
    },
  });
}

function headersOf(
  { timestamp }: Picture,
  { quality, width }: { quality: number | null; width: number | null },
): { etag: string; "x-timestamp": string; "last-modified": string; "cache-control": string } {
  const shape = [quality === null ? "" : `-q${quality}`, width === null ? "" : `-w${width}`];
  return {
    etag: `"${Math.round(timestamp * 1000)}${shape.join("")}"`,
    "x-timestamp": timestamp.toFixed(3),
    "last-modified": new Date(timestamp * 1000).toUTCString(),
    "cache-control": "no-cache, no-store",
  };
}

/** RFC 9110, 13.1.2: a list of tags, some of them weak, or an asterisk. */
function matches(header: string | null, etag: string): boolean {
  const tags = header?.split(",").map((tag) => tag.trim().replace(/^W\//, "")) ?? [];
  return tags.includes(etag) || tags.includes("*");
}

/** Parses seconds; returns what is wrong with them otherwise. */
function readMaxAge(text: string | null): number | string {
  if (text === null) return 0;
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds <= MOST_AGE) return seconds;
  return `Cannot take snapshot: 'max_age' must be 0 to ${MOST_AGE} seconds, got ${quote(text)}`;
}
