import { assert, assertEquals, assertGreater, assertMatch, assertNotEquals } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { createPage } from "../../../lib/server/page/page.ts";
import { inline } from "../../../lib/server/element/element_file.ts";
import { VIEW_STYLE } from "../../../lib/server/element/view/view_style.js";
import { html } from "../../../lib/server/page/page_file.ts";

const SERVER = new URL("../../../lib/server/", import.meta.url);

/** Every source of a room of the server, and of the rooms in it. */
function sourcesIn(room: URL): URL[] {
  return Array.from(Deno.readDirSync(room)).flatMap(({ name, isDirectory }) =>
    isDirectory
      ? sourcesIn(new URL(`${name}/`, room))
      : /\.(css|js)$/.test(name)
      ? [new URL(name, room)]
      : []
  );
}

async function servedPage(): Promise<{ html: string; headers: Headers; policy: string }> {
  const response = (await createPage())();
  const policy = response.headers.get("content-security-policy") ?? "";
  return { html: await response.text(), headers: response.headers, policy };
}

/** The sources after a directive's name in a policy. */
function directive(policy: string, name: string): string[] {
  const found = policy.split("; ").filter((each) => each.startsWith(`${name} `));
  assertEquals(found.length, 1, `${name} must be there once`);
  return found.flatMap((each) => each.split(" ").slice(1));
}

Deno.test("createPage() serves the stand-alone file, byte for byte, as often as it is asked", async () => {
  const page = await createPage();
  for (let i = 0; i < 3; i++) {
    const response = page();
    assertEquals(response.status, 200);
    assertEquals(await response.text(), html);
  }
});

Deno.test("createPage() allows the script and the style that it serves, by their hashes", async () => {
  const { html, policy } = await servedPage();
  for (const element of ["script", "style"]) {
    const bodies = html.split(`<${element}>`).slice(1)
      .map((rest) => rest.slice(0, rest.indexOf(`</${element}>`)));
    // Browsers without style sheets of scripts get an element.
    if (element === "style") bodies.push(VIEW_STYLE);
    assertNotEquals(bodies, []);
    const hashes = await Promise.all(bodies.map(async (body) => {
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
      return `'sha256-${encodeBase64(digest)}'`;
    }));
    assertEquals(directive(policy, `${element}-src`), hashes);
  }
});

Deno.test("createPage() allows nothing that the page does not need", async () => {
  const { policy, headers } = await servedPage();
  assertEquals(directive(policy, "default-src"), ["'none'"]);
  assertEquals(directive(policy, "base-uri"), ["'none'"]);
  assertEquals(directive(policy, "form-action"), ["'none'"]);
  assertEquals(directive(policy, "img-src"), ["'self'", "data:", "blob:"]);
  assertEquals(directive(policy, "media-src"), ["blob:"]);
  assert(!/unsafe|\*|strict-dynamic/.test(policy), policy);
  assertEquals(headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(headers.get("x-content-type-options"), "nosniff");
  // An address may hold a token.
  assertEquals(headers.get("referrer-policy"), "no-referrer");
  // A page of the last version must not be shown with the policy of this one.
  assertEquals(headers.get("cache-control"), "no-cache");
});

Deno.test("html is joined from all sources, each once, in an order that works", async () => {
  const sources = ["page/", "element/"].flatMap((room) => sourcesIn(new URL(room, SERVER)));
  assert(sources.length > 30);
  const places = new Map<string, number>();
  const imports: [string, string][] = [];
  for (const source of sources) {
    const text = await Deno.readTextFile(source);
    const body = inline(text);
    assertEquals(html.split(body).length, 2, `${source} must be there once`);
    places.set(source.href, html.indexOf(body));
    for (const [, target = ""] of text.matchAll(/^import\s[^;]*from "([^"]+)"/gm)) {
      imports.push([source.href, new URL(target, source).href]);
    }
  }
  assertNotEquals(imports, []);
  for (const [from, to] of imports) {
    assertGreater(places.get(from) ?? -1, places.get(to) ?? Infinity, `${from} comes after ${to}`);
  }
  assertEquals(html.match(/^(import|export) .*/gm), null);
  assertEquals(html.match(/<!-- (style|script) -->/), null);
});

Deno.test("html declares no name twice, for modules in one script share them", () => {
  const names = Array.from(
    html.matchAll(/^(?:async )?(?:const|let|class|function) (\w+)/gm),
    ([, name]) => name,
  );
  assert(names.length > 100);
  assertEquals(names.filter((name, i) => names.indexOf(name) !== i), []);
});

Deno.test("html brings everything along, and nothing that its policy refuses", async (t) => {
  const [markup = ""] = html.split("<script>");
  const tags = markup.match(/<[a-z][^>]*>/gi) ?? [];
  assertNotEquals(tags, []);
  await t.step("no script or style with attributes, for it would have no hash", () => {
    assertEquals(html.match(/<script\b/g)?.length, html.match(/<script>/g)?.length);
    assertEquals(html.match(/<style\b/g)?.length, html.match(/<style>/g)?.length);
  });
  await t.step("no handlers and no style in attributes", () => {
    assertEquals(tags.filter((tag) => /\s(on[a-z]+|style)\s*=/i.test(tag)), []);
    assertEquals(
      html.match(/javascript:|setAttribute\("(on|style)|\.innerHTML|\.outerHTML/g),
      null,
    );
    assertEquals(html.match(/\beval\(|new Function\(|document\.write/g), null);
  });
  await t.step("no resource from elsewhere", () => {
    const links = tags.flatMap((tag) =>
      tag.match(/\s(src|href|action|data|poster)="[^"]*"/gi) ?? []
    );
    for (const link of links) assertMatch(link, /="data:/);
    assertEquals(html.match(/@import|\bimport\(|url\(/g), null);
    const addresses = html.match(/\bhttps?:\/\/[\w.]+/g) ?? [];
    // A namespace is a name, not an address.
    assertEquals(addresses.filter((address) => address !== "http://www.w3.org"), []);
  });
  await t.step("a language, a title and a view made for phones", () => {
    assertMatch(html, /^<!DOCTYPE html>\n<html lang="en">/);
    assertMatch(html, /<title>wscam<\/title>/);
    assertMatch(html, /<meta name="viewport" content="width=device-width, initial-scale=1/);
  });
});
