import { STATUS_CODE } from "@std/http/status";
import { reasonHeader } from "./refusal/reason.ts";

/** An answer in words. */
export function plain(
  status: number,
  text: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  });
}

/** The response when there is no seat. */
export function full(text: string): Response {
  return plain(STATUS_CODE.ServiceUnavailable, text, {
    "retry-after": "5",
    ...reasonHeader("full"),
  });
}
