import { quote } from "../../protocol/quote.ts";
import { type BrokerAddress, parseRelayUrl } from "../../protocol/relay_url.ts";

/**
 * Parses an option's text.
 *
 * @throws {RangeError} with the rule and the given text: "must be 0 to 100, got 'x'"
 */
export type ParseValue<T> = (text: string) => T;

/** Any text, as it was typed. */
export function asIs(text: string): string {
  return text;
}

/** The address of a NATS server, without a camera's name. */
export function brokerUrl(text: string): BrokerAddress {
  const { broker, camera } = parseRelayUrl(text, "nats://HOST:4222");
  if (camera === "") return broker;
  throw new RangeError(
    `must not name a camera, since all cameras are published: ${broker.shown}, got ${
      quote(camera)
    }`,
  );
}

/** The address of a server's WebSocket; the page's address or a bare host will do. */
export function viewerUrl(text: string): string {
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `ws://${text}`;
  const url = URL.parse(withScheme.replace(/^http/i, "ws"));
  if (url === null || !/^wss?:$/.test(url.protocol)) {
    throw new RangeError(`must be like ws://HOST:8765, got ${quote(text)}`);
  }
  const hasPort = /:\d+$/.test(withScheme.split(/[/?#]/)[2] ?? "");
  if (withScheme !== text && !hasPort) url.port = "8765";
  url.hash = "";
  return url.href;
}

/** A length of time in seconds: a number with `s`, `m`, `h` or `d`. */
export function duration(text: string): number {
  const [, count, unit = ""] = text.match(/^(\d{1,7}(?:\.\d{1,3})?)([smhd])$/) ?? [];
  const seconds = Number(count) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[unit] ?? NaN);
  if (seconds >= 1 && seconds <= 3650 * 86_400) return seconds;
  throw new RangeError(`must be like 90s, 30m, 2h or 7d, at most 3650d, got ${quote(text)}`);
}

/** The address of a server's page; the WebSocket's address or a bare host will do. */
export function pageUrl(text: string): string {
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.parse(withScheme.replace(/^ws/i, "http"));
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new RangeError(`must be like http://HOST:8765/, got ${quote(text)}`);
  }
  const hasPort = /:\d+$/.test(withScheme.split(/[/?#]/)[2] ?? "");
  if (withScheme !== text && !hasPort) url.port = "8765";
  url.hash =
    url.search =
    url.username =
    url.password =
      "";
  return url.href;
}
