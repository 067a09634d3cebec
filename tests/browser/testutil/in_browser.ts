import { launchBrowser, type LaunchOptions, type TestBrowser } from "./browser.ts";
import { type TestNeed, testWith } from "../../testutil/needs.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

/** The means that a test's steps share. */
export interface Bench {
  readonly browser: TestBrowser;
  /** The server of {@linkcode InBrowserOptions.serve}; each step leaves its cameras as they were. */
  readonly server: Wscam;
  /** The step itself. */
  readonly t: Deno.TestContext;
}

export interface InBrowserOptions extends LaunchOptions {
  /**
   * The test's needs besides Chromium.
   *
   * @default {[]}
   */
  needs?: readonly TestNeed[];
  /** Arguments of the server. @default {none is started} */
  serve?: readonly string[];
}

/**
 * Registers a test whose steps share a browser and a server, since starting those takes longer than
 * most steps. Each step opens pages of its own, as a first-time visitor, and closes them.
 */
export function testInBrowser(
  name: string,
  { needs = [], serve, ...options }: InBrowserOptions,
  steps: Readonly<Record<string, (bench: Bench) => Promise<void>>>,
): void {
  testWith(["chromium", ...needs], name, async (t) => {
    await using stack = new AsyncDisposableStack();
    const started = serve && stack.use(await startWscam([...serve]));
    const browser = stack.use(await launchBrowser(options));
    for (const [step, run] of Object.entries(steps)) {
      await t.step(step, (t) => run(benchOf({ browser, t }, started)));
    }
  });
}

function benchOf(bench: Omit<Bench, "server">, server: Wscam | undefined): Bench {
  return {
    ...bench,
    get server() {
      if (server === undefined) throw new Error(`Nothing is served for ${bench.t.name}`);
      return server;
    },
  };
}
