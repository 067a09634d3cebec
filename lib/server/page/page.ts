import { encodeBase64 } from "@std/encoding/base64";
import { VIEW_STYLE } from "../element/view/view_style.js";
import { html } from "./page_file.ts";

/** The page, with headers that allow its own script and style and nothing else. */
export async function createPage(): Promise<() => Response> {
  const [script, style] = await Promise.all([
    hashes(contentsOf("script")),
    hashes([...contentsOf("style"), VIEW_STYLE]),
  ]);
  const policy = [
    "default-src 'none'",
    `script-src ${script}`,
    `style-src ${style}`,
    "img-src 'self' data: blob:",
    // H.264 is played from blobs.
    "media-src blob:",
    // The page connects to any wscam that its address box names.
    "connect-src http: https: ws: wss:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
    "cache-control": "no-cache",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
  return () => new Response(html, { headers });
}

/** The contents of all elements with a tag name. */
function contentsOf(element: "script" | "style"): string[] {
  const found = html.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, "gs"));
  return Array.from(found, ([, content = ""]) => content);
}

/** The hashes of texts, in a policy's notation (CSP 3, 2.3.1). */
async function hashes(texts: readonly string[]): Promise<string> {
  const encoder = new TextEncoder();
  const sources = texts.map(async (body) => {
    const digest = await crypto.subtle.digest("SHA-256", encoder.encode(body));
    return `'sha256-${encodeBase64(digest)}'`;
  });
  return (await Promise.all(sources)).join(" ");
}
