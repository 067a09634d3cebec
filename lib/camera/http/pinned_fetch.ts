import https from "node:https";
import type { ClientRequestArgs, IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import tls from "node:tls";
import { OtherCertificate } from "./other_certificate.ts";

/** The part of `fetch` that is used here. */
export type Fetch = (
  url: URL,
  init: { headers: Record<string, string>; signal: AbortSignal },
) => Promise<Response>;

/** Responses without a body. */
const EMPTY = [204, 205, 304];
const CONNECT_MS = 5000;

/**
 * Sends requests only to a server with one particular certificate, whoever signed it. `fetch` can
 * only be given authorities, and a camera's own certificate can rarely serve as one.
 */
export class PinnedFetch implements Disposable {
  readonly #agent: PinningAgent;

  /**
   * @param fingerprint the SHA-256 of the certificate, as 64 lower-case hexadecimal digits
   */
  constructor(fingerprint: string) {
    this.#agent = new PinningAgent(fingerprint);
  }

  /**
   * Requests an address.
   *
   * @throws {OtherCertificate} when the server has another certificate
   */
  readonly fetch: Fetch = (url, { headers, signal }) =>
    new Promise((resolve, reject) => {
      // The request itself notices an abort only once there is a connection.
      const end = (): void => reject(signal.reason);
      signal.addEventListener("abort", end, { once: true });
      const request = https.request(url, { agent: this.#agent, headers, signal });
      request.on("response", (message) => resolve(responseOf(message)));
      request.on("error", reject);
      request.on("close", () => signal.removeEventListener("abort", end));
      request.end();
    });

  /** Closes the connections that are kept for the next request. */
  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/**
 * The SHA-256 of a server's certificate, as 64 hexadecimal digits.
 *
 * @returns `undefined` if there is none, or the signal is aborted
 */
export function shownFingerprint(url: URL, signal: AbortSignal): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const socket = connect({ host: url.hostname, port: Number(url.port || 443) });
  const end = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)]);
  end.addEventListener("abort", () => resolve(undefined));
  socket.once("error", () => resolve(undefined));
  socket.once("secureConnect", () => resolve(fingerprintOf(socket)));
  return promise.finally(() => socket.destroy());
}

class PinningAgent extends https.Agent {
  readonly #fingerprint: string;

  constructor(fingerprint: string) {
    super({ keepAlive: true });
    this.#fingerprint = fingerprint;
  }

  override createConnection(
    options: ClientRequestArgs,
    callback?: (error: Error | null, socket: tls.TLSSocket) => void,
  ): tls.TLSSocket {
    const socket = connect(options as tls.ConnectionOptions);
    // The caller may have left: nobody else would end the socket.
    const timer = setTimeout(() => socket.destroy(new Error("No handshake in time")), CONNECT_MS);
    socket.once("close", () => clearTimeout(timer));
    socket.once("error", (error) => callback?.(error, socket));
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      const shown = fingerprintOf(socket);
      if (shown === this.#fingerprint) callback?.(null, socket);
      else socket.destroy(new OtherCertificate(shown));
    });
    // A socket that is returned is used at once; Node's types know only that way.
    return undefined as unknown as tls.TLSSocket;
  }
}

/** The caller checks the certificate. */
function connect(options: tls.ConnectionOptions): tls.TLSSocket {
  return tls.connect({ ...options, rejectUnauthorized: false });
}

function fingerprintOf(socket: tls.TLSSocket): string {
  return socket.getPeerCertificate().fingerprint256.replaceAll(":", "").toLowerCase();
}

function responseOf(message: IncomingMessage): Response {
  const { statusCode: status = 500, statusMessage: statusText = "", rawHeaders } = message;
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers.append(rawHeaders[i] ?? "", rawHeaders[i + 1] ?? "");
  }
  if (EMPTY.includes(status)) message.resume();
  const body = EMPTY.includes(status)
    ? null
    : Readable.toWeb(message) as ReadableStream<Uint8Array>;
  return new Response(body, { status, statusText, headers });
}
