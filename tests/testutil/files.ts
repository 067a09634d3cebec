import { html } from "../../lib/server/page/page_file.ts";

/** The page as somebody has it who saved it: a file on a disk. */
export async function savePage(): Promise<AsyncDisposable & { url: string }> {
  const directory = await temporaryDirectory();
  const path = `${directory.path}/wscam.html`;
  await Deno.writeTextFile(path, html);
  return {
    url: new URL(`file://${path}`).href,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

/** A directory that is there as long as the test. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir({ prefix: "wscam-browser-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
