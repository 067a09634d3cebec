import type { Cameras } from "../stream/cameras.ts";
import type { Answer, Guard } from "./access/access.ts";
import { MALFORMED } from "./access/decision.ts";
import { plain } from "./answers.ts";
import { headOf } from "./head.ts";
import { forVisitor } from "./refusal/refusal_page.ts";
import { refuseLarge } from "./request_limits.ts";
import { requestUrl } from "./request_url.ts";
import type { Connection, Parts } from "./route.ts";
import { findRoute } from "./routes.ts";
import { addressText } from "./sockets/address_text.ts";
import type { Sweeper } from "./sockets/sweeper.ts";

export interface HandlerOptions {
  /** Looks after connections. */
  sweeper: Pick<Sweeper, "factsAt" | "cut" | "isThere">;
  /** Decides who may look. */
  guard: Guard;
  /** Answers a request that failed. */
  onError: (error: unknown) => Response;
  /** The means to make responses. */
  parts: Parts;
}

/** Answers requests: tracks the connection, finds the row that answers, and checks access. */
export function createHandler(
  cameras: Cameras,
  { sweeper, guard, onError, parts }: HandlerOptions,
): Deno.ServeHandler<Deno.Addr> {
  return (request, { remoteAddr, completed }) => {
    const peer = addressText(remoteAddr);
    const facts = sweeper.factsAt(peer);
    facts.begin();
    const end = (): void => facts.end();
    completed.then(end, end);
    const url = requestUrl(request);
    const { method, headers } = request;
    const isHead = method === "HEAD";
    if (url === null) return isHead ? headOf(guard.refuse(MALFORMED)) : guard.refuse(MALFORMED);
    const route = findRoute({ method, url, headers });
    const answer: Answer = (grant, behindProxy) => {
      const refused = refuseLarge(url, headers);
      if (refused !== undefined) return plain(refused.status, refused.text);
      const connection = { ...connectionOf(peer, sweeper, behindProxy), facts };
      const visible = cameras.seenBy(grant.camera);
      return route.answer({ request, url, grant, cameras: visible, connection }, parts);
    };
    const finish = (response: Response): Response | Promise<Response> => {
      const seen = forVisitor(response, { headers, url });
      return isHead ? headOf(seen, route) : seen;
    };
    try {
      const answered = guard.pass({ request, url, route, remoteAddr }, answer);
      return answered instanceof Response ? finish(answered) : answered.catch(onError).then(finish);
    } catch (error) {
      // Deno's own response would ignore the request, and so HEAD.
      return finish(onError(error));
    }
  };
}

function connectionOf(
  peer: string,
  sweeper: HandlerOptions["sweeper"],
  behindProxy: string | undefined,
): Omit<Connection, "facts"> {
  return {
    address: addressOf(peer, behindProxy),
    isThere: () => sweeper.isThere(peer),
    cut: () => sweeper.cut(peer),
  };
}

/**
 * The address of a client behind a trusted proxy, with the proxy's port, which distinguishes its
 * clients.
 */
function addressOf(peer: string, address: string | undefined): string {
  const host = address?.includes(":") ? `[${address}]` : address;
  return host === undefined || peer.startsWith(`${host}:`)
    ? peer
    : `${host}:${peer.match(/\d+$/)?.[0] ?? 0}`;
}
