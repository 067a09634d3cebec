import { STATUS_CODE } from "@std/http/status";
import { type Reason, reasonOf } from "./reason.ts";
import { pickLanguage, refusalWords } from "../element/words/refusal_texts.js";
import style from "./refusal_page.css" with { type: "text" };

type Language = ReturnType<typeof pickLanguage>;

const WORDS = {
  "en": { token: "Token", open: "Open", home: "To the front page" },
  "zh-CN": { token: "令牌", open: "打开", home: "前往首页" },
} as const;
/**
 * These are dropped from the address: its code is already known to be wrong, and the page's cookie
 * will carry the token.
 */
const SECRETS: ReadonlySet<string> = new Set(["token", "share"]);

/**
 * Turns a refusal into a page in the visitor's language, for a user who opened the address.
 * Programs keep the plain text. For our own page, which asks for JSON, the browser must not ask for
 * a password.
 */
export function forVisitor(
  response: Response,
  asked: { headers: Headers; url: URL },
): Response {
  const reason = reasonOf(response.headers);
  if (reason === undefined) return response;
  const accept = asked.headers.get("accept") ?? "";
  const headers = new Headers(response.headers);
  headers.append("vary", "Accept, Accept-Language");
  if (accept === "application/json") headers.delete("www-authenticate");
  const { status } = response;
  if (!isVisit(asked.headers, accept)) return new Response(response.body, { status, headers });
  headers.set("content-type", "text/html; charset=utf-8");
  const language = pickLanguage(wishes(asked.headers.get("accept-language") ?? ""));
  const page = pageOf(reason, { status, language, url: asked.url });
  return new Response(page, { status, headers });
}

/** Whether a window or a frame is going to show the response. */
function isVisit(headers: Headers, accept: string): boolean {
  const destination = headers.get("sec-fetch-dest");
  if (destination !== null) return /^(document|i?frame)$/.test(destination);
  return accept.includes("text/html");
}

/** Languages, the most preferred first (RFC 9110, 12.5.4). */
function wishes(acceptLanguage: string): string[] {
  const weighed = acceptLanguage.split(",").map((each) => {
    const [tag = "", weight] = each.split(";");
    const quality = Number(weight?.trim().replace(/^q=/, "") ?? 1);
    return { tag: tag.trim(), quality: Number.isFinite(quality) ? quality : 0 };
  });
  return weighed.filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality).map(({ tag }) => tag);
}

function pageOf(
  reason: Reason,
  { status, language, url }: { status: number; language: Language; url: URL },
): string {
  const { title, detail } = refusalWords(language, reason);
  const words = WORDS[language];
  const isAsked = status === STATUS_CODE.Unauthorized;
  const below = isAsked
    ? tokenForm(url, words)
    : status === STATUS_CODE.NotFound
    ? `<p><a href="${frontPage(url)}">${words.home}</a></p>\n`
    : "";
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)} – wscam</title>
<style>
${style}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
<p>${escape(detail)}</p>
${below}</main>
</body>
</html>
`;
}

/** A form for the same address, with the token in place of the refused secret. */
function tokenForm(url: URL, { token, open }: typeof WORDS[Language]): string {
  const kept = [...url.searchParams].filter(([name]) => !SECRETS.has(name)).map(([name, value]) =>
    `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`
  );
  return `<form>
${kept.join("")}<label for="token">${token}</label>
<input id="token" name="token" type="password" autocomplete="current-password" autofocus required>
<button>${open}</button>
</form>
`;
}

/**
 * Relative, since a proxy may have changed the path: one level up for each folder in the address.
 */
function frontPage({ pathname }: URL): string {
  return `./${"../".repeat(Math.max(0, pathname.split("/").length - 2))}`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
