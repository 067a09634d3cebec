import { assertEquals } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { askingPage } from "../../../lib/server/access/asking_page.ts";
import { decide, type Question, type Rules } from "../../../lib/server/access/decide.ts";
import type { Decision } from "../../../lib/server/access/decision.ts";
import { type Client } from "../../../lib/server/access/origin/forwarded.ts";
import { createSecret } from "../../../lib/server/access/token/secret.ts";
import { findRoute } from "../../../lib/server/routes.ts";

export const TOKEN = "a token of some length";

export const NOW = 1_800_000_000_000;

export const COOKIE = `wscam_8765=${createSecret(TOKEN).cookie}`;

export interface Case {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  client?: Partial<Client>;
  rules?: Partial<Rules>;
  isShut?: boolean;
}

export const OPEN: Rules = {
  token: undefined,
  origins: { kind: "local" },
  hosts: { machine: "attic", named: new Set(["cam.example.org"]), any: false },
};

export const LOCKED = { token: { text: TOKEN, secret: createSecret(TOKEN) } };

export const WEBSOCKET = { upgrade: "websocket" };

/** With the row that really answers it. */
export function questionOf(
  { method = "GET", path = "/", headers = {}, client: own, rules, isShut }: Case,
): Question {
  const url = new URL(`http://cam.lan:8765${path}`);
  const asked = { method, url, headers: new Headers(headers) };
  const client: Client = {
    address: "192.168.1.7",
    host: "cam.lan:8765",
    isSecure: false,
    isHidden: false,
    ...own,
  };
  const rule = rules?.origins ?? OPEN.origins;
  return {
    ...asked,
    client,
    isShut: isShut ?? false,
    route: findRoute(asked),
    page: askingPage(asked.headers, { self: client, rule }),
    now: NOW,
  };
}

export function of(each: Case): Decision {
  return decide(questionOf(each), { ...OPEN, ...each.rules });
}

/** In few words: the status of a refusal, the rights of a grant. */
export function outcome(each: Case): string {
  const decision = of(each);
  return decision.isGranted ? decision.grant.rights : String(decision.status);
}

export function assertOutcomes(cases: [Case, string][]): void {
  for (const [each, expected] of cases) {
    assertEquals(
      outcome(each),
      expected,
      JSON.stringify(each, (k, v) => k === "token" ? "…" : v),
    );
  }
}

export function basic(password: string): Record<string, string> {
  return { authorization: `Basic ${encodeBase64(new TextEncoder().encode(`me:${password}`))}` };
}
