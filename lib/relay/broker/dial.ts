import {
  type Authenticator,
  credsAuthenticator,
  headers,
  type MsgHdrs,
  type NatsConnection,
  NatsConnectionImpl,
  setTransportFactory,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "@nats-io/nats-core/internal";
import type { BrokerAddress } from "../../protocol/relay_url.ts";
import { readCredentials } from "./credentials.ts";
import { SocketTransport } from "./transport.ts";

/**
 * Makes the headers of a message, empty at first.
 *
 * @internal
 */
export function newHeaders(): MsgHdrs {
  return headers();
}

export interface DialOptions {
  /** A credentials file, for an address without a user. */
  creds?: string | undefined;
  /** Further servers of the same cluster, as `HOST:PORT`. */
  others?: readonly string[];
}

const ANSWER_MS = 5000;
/**
 * After three of these without an answer, the connection is given up: before a camera behind it
 * counts as frozen, so that viewers read the real reason.
 */
const PING_MS = 1500;

/**
 * Opens one connection to a NATS server, which is not reopened when it ends.
 *
 * @throws {Error} of any kind, when it can't be opened
 * @internal
 */
export async function dial(
  address: BrokerAddress,
  { creds, others = [] }: DialOptions = {},
): Promise<NatsConnection> {
  const authenticator = await identity(address, creds);
  setTransportFactory({ factory: () => new SocketTransport(), defaultPort: 4222 });
  return await NatsConnectionImpl.connect({
    servers: [address.host, ...others],
    name: "wscam",
    noRandomize: true,
    // A caller that wants a lasting connection dials again, and thus knows the reason.
    reconnect: false,
    timeout: ANSWER_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
    ...(authenticator ? { authenticator } : {}),
    // Without this, TLS is used if the server offers it.
    ...(address.tls ? { tls: {} } : {}),
  });
}

async function identity(
  { user, password }: BrokerAddress,
  creds: string | undefined,
): Promise<Authenticator | undefined> {
  if (user !== undefined && password !== undefined) {
    return usernamePasswordAuthenticator(user, password);
  }
  if (user !== undefined) return tokenAuthenticator(user);
  return creds === undefined ? undefined : credsAuthenticator(await readCredentials(creds));
}
