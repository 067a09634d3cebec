import { launchBrowser } from "./browser.ts";
import { type Firefox, launchFirefox } from "./firefox.ts";
import { eventually } from "../../testutil/eventually.ts";
import type { TestNeed } from "../../testutil/needs.ts";

/** A page of another server, opened in a real browser. */
export interface ElementPage extends AsyncDisposable {
  /** Runs JavaScript in the page, and awaits what it gives. */
  evaluate(script: string): Promise<unknown>;
  /** Waits until JavaScript in the page gives something true. */
  until(condition: string): Promise<void>;
  /** Frees what nobody needs any more; Firefox can't be asked to. */
  collect?(): Promise<void>;
}

/** A browser that opens pages which use `<wscam-view>`. */
export interface ElementBrowser extends AsyncDisposable {
  /** Opens the page of a site. */
  open(url: string): Promise<ElementPage>;
}

/** Each browser, by what a test needs for it. */
export const BROWSERS: readonly [need: TestNeed, launch: () => Promise<ElementBrowser>][] = [
  ["chromium", withChromium],
  ["firefox", async () => inFirefox(await launchFirefox())],
];

/** Starts Chromium. */
export async function withChromium(): Promise<ElementBrowser> {
  const browser = await launchBrowser();
  return {
    async open(url) {
      const viewer = await browser.open(url);
      const { page } = viewer;
      const tools = await page.context().newCDPSession(page);
      return {
        ...elementPage((script) => page.evaluate(script), () => viewer[Symbol.asyncDispose]()),
        collect: async () => {
          await tools.send("HeapProfiler.collectGarbage");
        },
      };
    },
    [Symbol.asyncDispose]: () => browser[Symbol.asyncDispose](),
  };
}

/** Opens pages that use `<wscam-view>` in a Firefox that runs already. */
export function inFirefox(browser: Firefox): ElementBrowser {
  return {
    async open(url) {
      const page = await browser.open(url);
      return elementPage((script) => page.evaluate(script), () => page.close());
    },
    [Symbol.asyncDispose]: () => browser[Symbol.asyncDispose](),
  };
}

function elementPage(
  evaluate: (script: string) => Promise<unknown>,
  close: () => PromiseLike<void>,
): ElementPage {
  return {
    evaluate,
    [Symbol.asyncDispose]: close,
    async until(condition) {
      let last: unknown;
      const isSo = async () => (last = await evaluate(`Boolean(${condition})`)) === true;
      await eventually(isSo, { within: 60_000, what: condition }).catch(async (cause) => {
        const seen = await evaluate("document.body.innerText").catch(() => "");
        throw new Error(`${condition} is ${last}; the page reads ${JSON.stringify(seen)}`, {
          cause,
        });
      });
    },
  };
}

/** A web site of its own, whose one page has this in its body. */
export interface Site extends AsyncDisposable {
  /** Its address, `http://127.0.0.1:PORT`. */
  readonly url: string;
}

/** Serves a page that imports `<wscam-view>` from a server. */
export function startSite(body: string, script: string): Site {
  const page = `<!DOCTYPE html><html lang="en"><title>site</title><body>${body}
<script type="module" src="${script}"></script></body></html>`;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(page, { headers: { "content-type": "text/html" } }),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
