import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseCameras, parseServe, parseWatch } from "../lib/config.ts";
import { PYTHON } from "../scripts/needs.ts";
import { linesOf } from "./testutil/lines_of.ts";
import { testWith } from "./testutil/needs.ts";
import { startWscam } from "./testutil/wscam.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const PAGES = [
  "CONTRIBUTING.md",
  "docs/architecture.md",
  "docs/from-the-python-service.md",
  "docs/home-assistant-octoprint.md",
  "docs/macos.md",
  "docs/opencv.md",
  "docs/raspberry-pi.md",
  "docs/windows.md",
];
const LANGUAGES = ["sh", "powershell", "python", "text"];

/** A program or some commands in a page. */
interface Snippet {
  language: string;
  text: string;
  /** Why no test runs it. */
  notRun: string | undefined;
}

function snippets(page: string): Snippet[] {
  const text = Deno.readTextFileSync(ROOT + page);
  const fences = text.matchAll(
    /(?:<!-- not run: ([^>]+) -->\n\n)?^```(\w*)\n(.*?)^```$/gms,
  );
  return Array.from(fences, ([, notRun, language = "", text = ""]) => ({ language, text, notRun }));
}

/** The command lines of wscam in a page, each as its arguments. */
function wscamCommands(page: string): { args: string[]; notRun: string | undefined }[] {
  return snippets(page).flatMap(({ text, notRun }) =>
    Array.from(text.matchAll(/^(?:wscam|deno task start) (.*)$/gm), ([, rest = ""]) => ({
      // Quotes are the only thing of a shell that the pages use.
      args: Array.from(
        rest.matchAll(/"([^"]*)"|(\S+)/g),
        ([, quoted, plain = ""]) => quoted ?? plain,
      ),
      notRun,
    }))
  );
}

/** Throws where an option or a value is wrong. */
function parse([command = "", ...rest]: string[]): void {
  if (command === "cameras") parseCameras(rest);
  else if (command === "watch") parseWatch(rest);
  else parseServe([command, ...rest]);
}

for (const page of PAGES) {
  Deno.test(`${page}: every command is right, and is run or marked`, async (t) => {
    for (const { language, text, notRun } of snippets(page)) {
      assert(LANGUAGES.includes(language), `unknown language '${language}'`);
      if (notRun !== undefined || language === "text" || language === "python") continue;
      for (const line of text.trim().split("\n")) {
        assertMatch(line, /^(wscam|deno task start) /, "only these are run");
      }
    }
    for (const { args, notRun } of wscamCommands(page)) {
      await t.step(`wscam ${args.join(" ")}`, async () => {
        parse(args);
        if (notRun !== undefined) return;
        await using server = await startWscam(args.filter((_, i) => !isPort(args, i)));
        assertEquals((await fetch(server.url).then((it) => it.text())).includes("<title>"), true);
      });
    }
  });

  Deno.test(`${page}: links lead somewhere`, async () => {
    const text = await Deno.readTextFile(ROOT + page);
    const folder = page.includes("/") ? `${ROOT}docs/` : ROOT;
    for (const [, target = ""] of text.matchAll(/\]\(([^)]+)\)/g)) {
      if (!target.startsWith("http")) await Deno.stat(folder + target);
    }
  });
}

/** The tests listen on a free port. */
function isPort(args: string[], i: number): boolean {
  return args[i] === "--port" || args[i - 1] === "--port";
}

testWith(["python3-opencv"], "docs/opencv.md: the program gets frames", async () => {
  const program = snippets("docs/opencv.md").find(({ language }) => language === "python");
  assert(program !== undefined);
  await using server = await startWscam(["--camera", "test", "--resolution", "320x240"]);
  const text = program.text.replace("localhost:8765", `127.0.0.1:${server.port}`);
  const lines = await linesOf(
    new Deno.Command(PYTHON, { args: ["-c", text], stdin: "null", stdout: "piped" }),
    3,
  );
  for (const line of lines) assertMatch(line, /^\(240, 320, 3\) \d{10}\.\d+$/);
});
