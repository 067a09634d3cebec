const HEADER = "x-wscam-reason";

/** Why a request is refused, for programs and for the page, which has texts of its own. */
export interface Reason {
  /** Names the reason: `link-ended`. */
  readonly code: string;
  /** Values for the texts: `{ camera: "door" }`. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * The header that carries the reason beside a response's text: `link-other; camera=door`, each
 * value escaped as in a URL (RFC 3986, 2.1).
 */
export function reasonHeader(
  code: string,
  values: Readonly<Record<string, string | number>> = {},
): Record<string, string> {
  const pairs = Object.entries(values)
    .map(([name, value]) => `; ${name}=${encodeURIComponent(String(value).toWellFormed())}`);
  return { [HEADER]: code + pairs.join("") };
}

/** Parses the value that {@linkcode reasonHeader} wrote, if there is one. */
export function reasonOf(headers: Headers): Reason | undefined {
  const [code, ...pairs] = (headers.get(HEADER) ?? "").split("; ");
  if (!code) return undefined;
  const values = pairs.map((pair) => {
    const [name = "", value = ""] = pair.split("=");
    return [name, decodeURIComponent(value)] as const;
  });
  return { code, values: Object.fromEntries(values) };
}
