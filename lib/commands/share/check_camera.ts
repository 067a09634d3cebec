import { explainRefusal } from "../../client/refusal.ts";
import { quote } from "../../protocol/quote.ts";
import { reasonOf } from "../../server/refusal/reason.ts";

export interface CheckCameraOptions {
  /** The server's token. */
  token: string;
  /** The server's page. */
  page: string;
}

/**
 * The result of asking the server: the camera exists, it doesn't, or the server could not be asked.
 */
export type Checked =
  | { kind: "there" }
  | { kind: "refused"; reason: string }
  | { kind: "unknown"; reason: string };

/** A server on the local network answers at once. */
const PATIENCE_MS = 2000;

/** Asks a server whether a link to one of its cameras would work. */
export async function checkCamera(
  camera: string,
  { token, page }: CheckCameraOptions,
): Promise<Checked> {
  const { origin } = new URL(page);
  let response: Response;
  try {
    response = await fetch(new URL("cameras", page), {
      headers: { authorization: `Bearer ${token}` },
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    const { message, cause } = error as Error;
    const { reason } = explainRefusal(`${message} ${cause ?? ""}`);
    // It speaks of addresses of sockets; this one was typed as that of a page.
    const words = reason.replaceAll(/\bws(s?:\/\/)/g, "http$1");
    return { kind: "unknown", reason: `${origin}: ${words}` };
  }
  const names = response.ok ? await readNames(response) : undefined;
  await response.body?.cancel().catch(() => {});
  if (names === undefined) {
    const { kind, words } = whyNone(response, origin);
    return { kind, reason: `the server at ${origin} ${words}` };
  }
  if (names.includes(camera)) return { kind: "there" };
  const rule = names.length === 0 ? "it has none" : `it has ${names.map(quote).join(", ")}`;
  return {
    kind: "refused",
    reason: `the server at ${origin} has no camera ${quote(camera)}: ${rule}`,
  };
}

/** Why a server gives no list, in words that follow it. */
function whyNone(
  { status, headers }: Response,
  origin: string,
): { kind: "refused" | "unknown"; words: string } {
  const { code, values = {} } = reasonOf(headers) ?? {};
  if (code === "unknown-host") {
    const how = `give its address with '--url', or start it with '--allow-origin ${origin}'`;
    return { kind: "refused", words: `does not answer to that name: ${how}` };
  }
  if (code === "too-many-guesses") {
    const words = `has got too many wrong tokens from here: try again in ${values["seconds"]} s`;
    return { kind: "unknown", words };
  }
  if (status >= 300 && status < 400) {
    const to = URL.parse(headers.get("location") ?? "", origin)?.origin ?? "elsewhere";
    return { kind: "unknown", words: `redirects to ${to}: give the address where it ends` };
  }
  if (status === 401 || status === 403) return { kind: "refused", words: "has another token" };
  const what = status >= 500 ? "can't answer" : "is not wscam";
  return { kind: "unknown", words: `${what} (HTTP ${status})` };
}

async function readNames(response: Response): Promise<string[] | undefined> {
  const list: unknown = await response.json().catch(() => undefined);
  if (!Array.isArray(list)) return undefined;
  return list.map((each: unknown) =>
    typeof each === "object" && each !== null && "name" in each ? String(each.name) : ""
  ).filter((name) => name !== "");
}
