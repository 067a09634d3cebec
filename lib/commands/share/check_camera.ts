import { explainRefusal } from "../../client/refusal.ts";
import { quote } from "../../protocol/quote.ts";

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
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    const { message, cause } = error as Error;
    const { reason } = explainRefusal(`${message} ${cause ?? ""}`);
    return { kind: "unknown", reason: `${origin}: ${reason}` };
  }
  const { status } = response;
  if (status === 401 || status === 403) {
    await response.body?.cancel();
    return { kind: "refused", reason: `the server at ${origin} has another token` };
  }
  const names = response.ok ? await readNames(response) : undefined;
  await response.body?.cancel().catch(() => {});
  if (names === undefined) {
    return { kind: "unknown", reason: `the server at ${origin} is not wscam (HTTP ${status})` };
  }
  if (names.includes(camera)) return { kind: "there" };
  const rule = names.length === 0 ? "it has none" : `it has ${names.map(quote).join(", ")}`;
  return {
    kind: "refused",
    reason: `the server at ${origin} has no camera ${quote(camera)}: ${rule}`,
  };
}

async function readNames(response: Response): Promise<string[] | undefined> {
  const list: unknown = await response.json().catch(() => undefined);
  if (!Array.isArray(list)) return undefined;
  return list.map((each: unknown) =>
    typeof each === "object" && each !== null && "name" in each ? String(each.name) : ""
  ).filter((name) => name !== "");
}
