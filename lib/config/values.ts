import { type CameraSpec, parseCamera } from "../camera/source_spec.ts";
import { quote } from "../protocol/quote.ts";
import { type BrokerAddress, parseRelayUrl } from "../protocol/relay_url.ts";
import { BOUNDS } from "../protocol/viewer_settings.ts";

/**
 * Makes a value of an option's text.
 *
 * @throws {RangeError} with the rule and what came: "must be 0 to 100, got 'x'"
 */
export type ParseValue<T> = (text: string) => T;

/** Any text, as it was typed. */
export function asIs(text: string): string {
  return text;
}

/** A number between two bounds, in plain decimal notation. */
export function number(
  { min, max, whole = false }: { min: number; max: number; whole?: boolean },
): ParseValue<number> {
  const shape = whole ? /^\d+$/ : /^\d+(\.\d+)?$|^\.\d+$/;
  return (text) => {
    const value = Number(text);
    if (shape.test(text) && value >= min && value <= max) return value;
    const kind = whole ? "a whole number" : "a number";
    throw new RangeError(`must be ${kind} from ${min} to ${max}, got ${quote(text)}`);
  };
}

/** One of a few words. */
export function oneOf<T extends string>(words: readonly T[]): ParseValue<T> {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new RangeError(`must be ${words.join(" or ")}, got ${quote(text)}`);
  };
}

/** Yes or no, as environment variables say it. */
export function truth(text: string): boolean {
  const words = ["1", "true", "yes", "0", "false", "no"] as const;
  return words.indexOf(oneOf(words)(text.toLowerCase())) < 3;
}

/** What `--resolution` takes. */
export function resolution(text: string): { width: number; height: number } {
  const [, width, height] = text.match(/^(\d{1,5})[xX×](\d{1,5})$/) ?? [];
  const sides = [Number(width), Number(height)] as const;
  const { min, max } = BOUNDS.width;
  if (sides.every((side) => side >= min && side <= max)) {
    return { width: sides[0], height: sides[1] };
  }
  throw new RangeError(`must be WIDTHxHEIGHT, each ${min} to ${max}, got ${quote(text)}`);
}

/** Cameras whose names differ; camera 0 when there are none. */
export function cameras(texts: readonly string[]): CameraSpec[] {
  const specs = (texts.length > 0 ? texts : ["0"]).map(parseCamera);
  const names = specs.map(({ name }) => name);
  const twin = names.find((name, i) => names.indexOf(name) < i);
  if (twin === undefined) return specs;
  throw new RangeError(
    `must give each camera a name of its own (NAME=SOURCE), got ${quote(twin)} twice`,
  );
}

/** The address of a NATS server, without a camera's name. */
export function brokerUrl(text: string): BrokerAddress {
  const { broker, camera } = parseRelayUrl(text, "nats://HOST:4222");
  if (camera === "") return broker;
  throw new RangeError(
    `must name no camera, for every camera is published: ${broker.shown}, got ${quote(camera)}`,
  );
}

/** The address of a server's WebSocket, where users also type the page's address or a bare host. */
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

/** The address of a server's page, where users also type the WebSocket's or a bare host. */
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
