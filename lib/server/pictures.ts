import { STATUS_CODE } from "@std/http/status";
import { quote } from "../protocol/quote.ts";
import { parseQuery, type ViewerSettings } from "../protocol/viewer_settings.ts";
import type { Channel } from "../stream/channel.ts";
import { full, plain } from "./answers.ts";
import { STREAM_HEADERS, streamResponse } from "./mjpeg.ts";
import type { Asked, Parts } from "./route.ts";
import { snapshotResponse } from "./snapshot.ts";

/** Answers `GET /stream`: pictures without end. */
export function answerStream(asked: Asked, parts: Parts): Response {
  const { request: { method }, channels, connection: { address, client } } = asked;
  const wanted = readWish(asked, parts);
  if (wanted instanceof Response) return wanted;
  if (method === "HEAD") return new Response(null, { headers: STREAM_HEADERS });
  const { seats, goodbyes, onLeave } = parts;
  return streamResponse(wanted.settings, {
    channels: channels(),
    address,
    client,
    seats,
    goodbyes,
    onLeave,
  });
}

/** Answers `GET /snapshot`: one picture. */
export function answerSnapshot(asked: Asked, parts: Parts): Response | Promise<Response> {
  const { request, url: { searchParams: query }, connection: { address } } = asked;
  const wanted = readWish(asked, parts);
  if (wanted instanceof Response) return wanted;
  const { channel, settings } = wanted;
  return snapshotResponse(request, channel, { query, settings, address });
}

/** Which pictures somebody wants. */
interface Wish {
  channel: Channel;
  settings: Partial<ViewerSettings>;
}

/** Which pictures somebody wants, if they can be had. */
function readWish(
  { url: { searchParams }, channels, connection: { address } }: Asked,
  { seats }: Parts,
): Wish | Response {
  const wanted = parseQuery(searchParams);
  if (!wanted.ok) return plain(STATUS_CODE.BadRequest, `Cannot use address: ${wanted.message}`);
  const { settings } = wanted;
  const names = channels().map(({ name }) => name);
  const channel = channels().find(({ name }) => name === (settings.camera ?? names[0]));
  if (channel === undefined) {
    if (names.length === 0) return plain(STATUS_CODE.NotFound, "No such camera: there is none yet");
    const rule = `'camera' must be one of ${names.map(quote).join(", ")}`;
    return plain(STATUS_CODE.NotFound, `No such camera: ${rule}, got ${quote(settings.camera)}`);
  }
  const refusal = seats.refusal(address);
  return refusal === undefined ? { channel, settings } : full(refusal);
}
