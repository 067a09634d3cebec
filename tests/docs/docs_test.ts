import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseCameras } from "../../lib/config/commands/cameras_config.ts";
import { parseDoctor } from "../../lib/config/commands/doctor_config.ts";
import { parseServe } from "../../lib/config/commands/serve_config.ts";
import { parseService } from "../../lib/config/commands/service_config.ts";
import { parsePush } from "../../lib/config/commands/push_config.ts";
import { parseWatch } from "../../lib/config/commands/watch_config.ts";
import { eventually } from "../testutil/eventually.ts";
import { temporaryDirectory } from "../testutil/files.ts";
import { joined, ROOT, snippets } from "../testutil/program/snippets.ts";
import { testWith } from "../testutil/needs.ts";
import { startWscam } from "../testutil/program/wscam.ts";

const PAGES = [
  "README.md",
  "README.zh-CN.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...Array.from(Deno.readDirSync(`${ROOT}docs`), ({ name }) => `docs/${name}`)
    .filter((name) => name.endsWith(".md")).sort(),
];
const SHELLS = ["sh", "powershell"];
/** Programs, answers and configurations: other tests run them, or hold them against what wscam does. */
const OTHERS = ["python", "js", "html", "json", "jsonl", "text", "yaml", "nginx", "caddyfile"];
/** The ways to run wscam, from an executable and from the sources. */
const WSCAM = /^(?:wscam|(?:npx -y deno@\S+|deno) task start) (.*)$/gm;

const JPEG = new Uint8Array([0xff, 0xd8, 0xff]);

/** The command lines of wscam in a page, each as its arguments. */
function wscamCommands(page: string): { args: string[]; notRun: string | undefined }[] {
  return snippets(page).filter(({ language }) => SHELLS.includes(language)).flatMap((
    { text, notRun },
  ) =>
    Array.from(joined(text).matchAll(WSCAM), ([, rest = ""]) => ({
      // Quotes are the only thing of a shell that the pages use.
      args: Array.from(
        rest.replace(/ +# .*/, "").matchAll(/"([^"]*)"|(\S+)/g),
        ([, quoted, plain = ""]) => quoted ?? plain,
      ),
      notRun,
    }))
  );
}

/** Runs a command that asks a wscam, in a folder of its own. */
async function runCurl(line: string): Promise<void> {
  await using server = await startWscam(["--camera", "test", "-r", "160x120"]);
  const cwd = await Deno.makeTempDir({ prefix: "wscam-docs-" });
  try {
    const { success, stdout } = await new Deno.Command("sh", {
      args: [
        "-c",
        line.replace("curl ", "curl --fail ").replace("http://localhost:8765", server.url),
      ],
      cwd,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).output();
    assert(success);
    const [file] = Array.from(Deno.readDirSync(cwd), ({ name }) => `${cwd}/${name}`);
    if (file === undefined) JSON.parse(new TextDecoder().decode(stdout));
    else assertEquals((await Deno.readFile(file)).slice(0, 3), JPEG);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

/** A file with a token, for the commands that name one. */
async function makeToken(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempFile({ prefix: "wscam-token-" });
  await Deno.writeTextFile(path, crypto.randomUUID());
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

const done = new Set<string>();

/** A command that several pages contain is run for one of them. */
async function once(line: string, run: () => Promise<void>): Promise<void> {
  if (done.has(line)) return;
  done.add(line);
  await run();
}

/** Throws where an option or a value is wrong. */
function parse([command = "", ...rest]: string[]): void {
  if (command === "cameras") parseCameras(rest);
  else if (command === "watch") parseWatch(rest);
  else if (command === "push") parsePush(rest);
  else if (command === "doctor") parseDoctor(rest);
  else if (command === "config") parseServe(rest);
  else if (command === "service") parseService(rest);
  else parseServe([command, ...rest]);
}

for (const page of PAGES) {
  Deno.test(`${page}: every command is right, and is run or marked`, async (t) => {
    for (const { language, text, notRun } of snippets(page)) {
      if (OTHERS.includes(language)) continue;
      assert(SHELLS.includes(language), `unknown language '${language}'`);
      if (notRun !== undefined) continue;
      for (const line of joined(text).trim().split("\n")) {
        if (line.startsWith("curl ")) await t.step(line, () => once(line, () => runCurl(line)));
        else assert(line.match(WSCAM), `only wscam and curl are run, not '${line}'`);
      }
    }
    for (const { args, notRun } of wscamCommands(page)) {
      await t.step(`wscam ${args.join(" ")}`, async () => {
        await using token = await makeToken();
        parse(args.map((arg, i) => args[i - 1] === "--token-file" ? token.path : arg));
        if (notRun !== undefined) return;
        const own = args.filter((_, i) => !isPort(args, i));
        await once(own.join(" "), async () => {
          await using server = await startWscam(own);
          assertEquals((await fetch(server.url).then((it) => it.text())).includes("<title>"), true);
        });
      });
    }
  });

  Deno.test(`${page}: links lead somewhere`, async () => {
    const text = await Deno.readTextFile(ROOT + page);
    const folder = page.includes("/") ? `${ROOT}docs/` : ROOT;
    // A release, or whoever clones the repository, fills in its owner and name.
    assert(!/github\.com\/wscam\b/.test(text), "the repository has no name but OWNER/NAME");
    for (const [, target = ""] of text.matchAll(/(?:\]\(|src=")([^)"]+)/g)) {
      if (/^(https?|wss?):/.test(target)) continue;
      const [file = "", heading] = target.split("#");
      const there = file === "" ? text : await Deno.readTextFile(folder + file);
      if (heading !== undefined) assert(headings(there).includes(heading), target);
    }
  });
}

for (const readme of ["README.md", "README.zh-CN.md"]) {
  Deno.test(`${readme}: leads to every page`, async () => {
    const text = await Deno.readTextFile(ROOT + readme);
    const isChinese = readme.endsWith(".zh-CN.md");
    const pages = PAGES.filter((page) => isChinese || !page.endsWith(".zh-CN.md"));
    assertEquals(pages.filter((page) => page.startsWith("docs/") && !text.includes(page)), []);
  });
}

/** The headings of a page, as they stand in links to them. */
function headings(text: string): string[] {
  const titles = text.matchAll(/^#+ (.+)$/gm);
  return Array.from(
    titles,
    ([, title = ""]) => title.toLowerCase().replace(/['’.,:?]/g, "").replaceAll(" ", "-"),
  );
}

/** The tests listen on a free port. */
function isPort(args: string[], i: number): boolean {
  return args[i] === "--port" || args[i - 1] === "--port";
}

testWith(
  ["openssl"],
  "docs/certificate.md: clients that know the authority trust the certificate",
  async () => {
    await using folder = await temporaryDirectory();
    const command = snippets("docs/certificate.md").map(({ text }) => joined(text))
      .find((text) => text.startsWith("openssl req"));
    assert(command !== undefined);
    const { success } = await new Deno.Command("sh", {
      args: ["-c", command],
      cwd: folder.path,
      stdin: "null",
      stderr: "null",
    }).output();
    assert(success);
    const [cert, key] = [`${folder.path}/cert.pem`, `${folder.path}/key.pem`];
    await using server = await startWscam(["--camera", "test", "--cert", cert, "--key", key]);
    using client = Deno.createHttpClient({
      caCerts: [await Deno.readTextFile(`${folder.path}/ca.pem`)],
    });
    const response = await fetch(`${server.url}/snapshot`, { client });
    assertEquals((await response.bytes()).slice(0, 3), JPEG);
  },
);

Deno.test("docs/how-to.zh-CN.md: makes a certificate as docs/certificate.md does", () => {
  const [there, here] = ["docs/certificate.md", "docs/how-to.zh-CN.md"].map((page) =>
    snippets(page).map(({ text }) => text).find((text) => text.startsWith("openssl req"))
  );
  assertEquals(here, there);
});

Deno.test("docs/protocol.md: the shortest client shows pictures", async () => {
  const program = snippets("docs/protocol.md").find(({ language }) => language === "js");
  assert(program !== undefined);
  await using server = await startWscam(["--camera", "test"]);
  const img = { src: "" };
  const text = program.text.replace("ws://localhost:8765", server.ws);
  const socket: WebSocket = new Function("img", `${text}return socket;`)(img);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  await eventually(() => img.src !== "");
  assertMatch(img.src, /^data:image\/jpeg;base64,\/9j\//);
  socket.close();
  await closed;
});
