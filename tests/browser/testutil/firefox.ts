import { decodeBase64 } from "@std/encoding/base64";
import { findFirefox } from "../../../scripts/needs/find_firefox.ts";

/** Firefox without a window, by WebDriver BiDi, which it speaks itself (playwright-core needs a build of its own). */
export interface Firefox extends AsyncDisposable {
  /** Opens an address in a new tab. */
  open(url: string): Promise<FirefoxPage>;
}

/** A page in {@linkcode Firefox}. */
export interface FirefoxPage {
  /** Runs JavaScript in the page, and awaits what it gives: a text, a number, a boolean or null. */
  evaluate(expression: string): Promise<unknown>;
  /** Runs JavaScript in each frame of the page. */
  evaluateInFrames(expression: string): Promise<unknown[]>;
  /** Gives the page a window of another size. */
  resize(viewport: { width: number; height: number }): Promise<void>;
  /** A picture of it, as a PNG file. */
  screenshot(): Promise<Uint8Array>;
  /** Closes its tab. */
  close(): Promise<void>;
}

interface Tree {
  context: string;
  children: Tree[] | null;
}

const PATIENCE_MS = 60_000;

/**
 * Starts Firefox with a new and empty profile.
 *
 * @param names host names that lead to this machine
 */
export async function launchFirefox(names: readonly string[] = []): Promise<Firefox> {
  const program = findFirefox();
  if (program === undefined) throw new Error("Cannot start browser: Firefox isn't there");
  const profile = await Deno.makeTempDir({ prefix: "wscam-firefox-" });
  await Deno.writeTextFile(`${profile}/user.js`, preferences(names));
  const child = new Deno.Command(program, {
    args: ["--headless", "--profile", profile, "--remote-debugging-port", "0"],
    env: { HOME: profile, MOZ_CRASHREPORTER_DISABLE: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const { address, drained } = await listeningAt(child.stderr);
  const { ask, close } = await connect(`${address}/session`);
  await ask("session.new", { capabilities: {} });
  return {
    async open(url) {
      const { context } = await ask("browsingContext.create", { type: "tab" }) as Tree;
      await ask("browsingContext.navigate", { context, url, wait: "complete" });
      const evaluate = async (target: string, expression: string): Promise<unknown> => {
        const answer = await ask("script.evaluate", {
          expression,
          target: { context: target },
          awaitPromise: true,
        }) as { result?: { value?: unknown } };
        return answer.result?.value ?? null;
      };
      return {
        evaluate: (expression) => evaluate(context, expression),
        async evaluateInFrames(expression) {
          const { contexts } = await ask("browsingContext.getTree", { root: context }) as {
            contexts: Tree[];
          };
          const frames = contexts.flatMap(({ children }) => children ?? []);
          return await Promise.all(frames.map((frame) => evaluate(frame.context, expression)));
        },
        async resize(viewport) {
          await ask("browsingContext.setViewport", { context, viewport });
        },
        async screenshot() {
          const { data } = await ask("browsingContext.captureScreenshot", { context }) as {
            data: string;
          };
          return decodeBase64(data);
        },
        async close() {
          await ask("browsingContext.close", { context });
        },
      };
    },
    async [Symbol.asyncDispose]() {
      close();
      child.kill("SIGTERM");
      await child.status;
      await drained;
      await Deno.remove(profile, { recursive: true }).catch(() => {});
    },
  };
}

function preferences(names: readonly string[]): string {
  const values = {
    "network.dns.localDomains": names.join(","),
    // Nothing answers there, which delays it.
    "app.normandy.enabled": false,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "services.settings.server": "data:,",
    "datareporting.policy.dataSubmissionEnabled": false,
    "browser.shell.checkDefaultBrowser": false,
  };
  return Object.entries(values)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join("");
}

/** Reads its output until it says where it listens, and goes on reading. */
async function listeningAt(
  stderr: ReadableStream<Uint8Array>,
): Promise<{ address: string; drained: Promise<void> }> {
  const found = Promise.withResolvers<string>();
  const timer = setTimeout(() => found.reject(new Error("Firefox doesn't listen")), PATIENCE_MS);
  const drained = (async () => {
    let said = "";
    for await (const text of stderr.pipeThrough(new TextDecoderStream())) {
      said += text;
      const [, address] = said.match(/WebDriver BiDi listening on (ws:\/\/\S+)/) ?? [];
      if (address !== undefined) found.resolve(address);
    }
    found.reject(new Error(`Firefox has ended: ${said}`));
  })();
  try {
    return { address: await found.promise, drained };
  } finally {
    clearTimeout(timer);
  }
}

interface Bidi {
  ask(method: string, params: Record<string, unknown>): Promise<unknown>;
  close(): void;
}

/** A command and its answer each have a number (WebDriver BiDi, 3.4). */
async function connect(url: string): Promise<Bidi> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let count = 0;
  socket.onmessage = ({ data }) => {
    const { id, type, result, message } = JSON.parse(data);
    if (type === "error") waiting.get(id)?.reject(new Error(`Firefox says: ${message}`));
    else waiting.get(id)?.resolve(result);
    waiting.delete(id);
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`Cannot connect to Firefox at ${url}`));
  });
  return {
    ask(method, params) {
      const id = ++count;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(id, answer);
      socket.send(JSON.stringify({ id, method, params }));
      return answer.promise;
    },
    close: () => socket.close(),
  };
}
