import { STATUS_CODE } from "@std/http/status";
import { full, plain } from "../answers.ts";
import type { Asked, Parts } from "../route.ts";

/** The only standardized version of the protocol, and its notation (RFC 6455, 4.4). */
const VERSION = "13";
const OTHER_VERSION = { "sec-websocket-version": VERSION, upgrade: "websocket" };

/**
 * Answers a WebSocket handshake for which there is a seat: returns the socket, or why there is
 * none.
 */
export function openSocket(
  { request, grant, connection }: Asked,
  parts: Parts,
): Deno.WebSocketUpgrade | Response {
  const version = request.headers.get("sec-websocket-version");
  if (version !== null && version !== VERSION) {
    const rule = `its 'Sec-WebSocket-Version' must be ${VERSION}`;
    return plain(STATUS_CODE.UpgradeRequired, `Cannot open WebSocket: ${rule}`, OTHER_VERSION);
  }
  const refusal = parts.viewers.refusal(connection.address);
  if (refusal !== undefined) return full(refusal);
  // Deno never frees a connection that was reset before it becomes a WebSocket, and no event
  // reports it.
  if (!connection.isThere()) {
    return plain(STATUS_CODE.BadRequest, "Cannot open WebSocket: the client has gone");
  }
  // Deno would accept one without a version.
  const upgraded = version === null ? undefined : upgrade(request, grant.protocol);
  if (upgraded === undefined) {
    return plain(
      STATUS_CODE.BadRequest,
      "Cannot open WebSocket: the request must be a WebSocket handshake",
    );
  }
  return upgraded;
}

function upgrade(
  request: Request,
  protocol: string | undefined,
): Deno.WebSocketUpgrade | undefined {
  try {
    return Deno.upgradeWebSocket(request, {
      // None: many simple clients don't answer pings. wscam pings them itself, and they need not
      // answer.
      idleTimeout: 0,
      ...(protocol === undefined ? {} : { protocol }),
    });
  } catch {
    return undefined;
  }
}
