import { fileURLToPath } from "node:url";

/** The folder of the project. */
export const ROOT: string = fileURLToPath(new URL("../../../", import.meta.url));

/** A program or some commands in a page. */
export interface Snippet {
  language: string;
  text: string;
  /** Why no test runs it. */
  notRun: string | undefined;
}

/** The programs and commands of a page, in order. */
export function snippets(page: string): Snippet[] {
  const text = Deno.readTextFileSync(ROOT + page);
  const fences = text.matchAll(
    /(?:<!-- not run: ([^>]+) -->\n\n)?^```(\w*)\n(.*?)^```$/gms,
  );
  return Array.from(fences, ([, notRun, language = "", text = ""]) => ({ language, text, notRun }));
}

/** Commands that go over several lines, each on one. */
export function joined(text: string): string {
  return text.replace(/ \\\n */g, " ");
}
