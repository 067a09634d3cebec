import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { PYTHON } from "../../../scripts/needs/python.ts";
import { launchBrowser } from "../testutil/browser.ts";
import { eventually } from "../../testutil/eventually.ts";
import { temporaryDirectory } from "../../testutil/files.ts";
import { linesOf } from "../../testutil/program/lines_of.ts";
import { testWith } from "../../testutil/needs.ts";
import { startVcam } from "../../testutil/camera/vcam.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const CLIENTS = "docs/clients.md";

function read(name: string): string {
  return Deno.readTextFileSync(ROOT + name);
}

/** The program in a page that stands in a language's fence and opens a WebSocket by itself. */
function snippet(page: string, language: string, { port }: { port: number }): string {
  const fences = read(page).matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"));
  const programs = Array.from(fences, ([, program = ""]) => program)
    .filter((program) => /(connect|WebSocket)\("ws:\/\/localhost:8765"/.test(program));
  assertEquals(programs.length, 1, `${page} must have one program in ${language}`);
  return programs[0]?.replaceAll("localhost:8765", `127.0.0.1:${port}`) ?? "";
}

// A capture time at a whole second is written without a fraction.
const BYTES_LINE = /^\d{4,} bytes, taken at \d{10}(\.\d{1,3})?$/;

/** The folder in which Deno keeps the package that `tests/deno.json` names; nothing has to be installed for Node. */
async function folderOfWs(): Promise<string> {
  await import("ws");
  const command = new Deno.Command(Deno.execPath(), { args: ["info", "--json"], stdin: "null" });
  const { npmCache } = JSON.parse(new TextDecoder().decode((await command.output()).stdout));
  const { imports } = JSON.parse(read("tests/deno.json"));
  const [, version] = imports.ws.split("@");
  return `${npmCache}/registry.npmjs.org/ws/${version}`;
}

function pythonClient(page: string, server: Wscam): Deno.Command {
  const args = ["-c", snippet(page, "python", server)];
  return new Deno.Command(PYTHON, { args, stdin: "null", stdout: "piped" });
}

async function nodeLines(server: Wscam): Promise<string[]> {
  const dir = await Deno.makeTempDir();
  await Deno.mkdir(`${dir}/node_modules`);
  await Deno.symlink(await folderOfWs(), `${dir}/node_modules/ws`);
  await Deno.writeTextFile(`${dir}/client.mjs`, snippet(CLIENTS, "js", server));
  const args = [`${dir}/client.mjs`];
  const lines = await linesOf(
    new Deno.Command("node", { args, stdin: "null", stdout: "piped" }),
    3,
  );
  await Deno.remove(dir, { recursive: true });
  return lines;
}

function startTest(): Promise<Wscam> {
  return startWscam(["--camera", "test", "--resolution", "320x240"]);
}

testWith(
  ["python3-websockets"],
  "the documented Python client works with the real websockets",
  async (t) => {
    await using server = await startTest();
    for (const page of ["README.md", "README.zh-CN.md", CLIENTS]) {
      await t.step(page, async () => {
        for (const line of await linesOf(pythonClient(page, server), 3)) {
          assertMatch(line, BYTES_LINE);
        }
      });
    }
  },
);

testWith(["node"], `${CLIENTS}: the client for Node works with the real ws`, async () => {
  await using server = await startTest();
  for (const line of await nodeLines(server)) assertMatch(line, BYTES_LINE);
});

testWith(["chromium"], `${CLIENTS}: the client for a browser works in a real one`, async () => {
  await using server = await startTest();
  await using folder = await temporaryDirectory();
  const path = `${folder.path}/client.html`;
  await Deno.writeTextFile(path, snippet(CLIENTS, "html", server));
  await using browser = await launchBrowser();
  const { page, complaints } = await browser.open(`file://${path}`);
  const source = (): Promise<string> => page.evaluate("document.getElementById('camera').src");
  await eventually(() => page.evaluate("document.getElementById('camera').naturalWidth === 320"));
  const first = await source();
  await eventually(async () => await source() !== first);
  assertEquals(complaints, []);
});

testWith(
  ["python3-websockets", "node", "chromium", "vcam", "ffmpeg"],
  "the documented clients all work at once, with the test picture, a file and a camera",
  async (t) => {
    await using vcam = await startVcam({ fps: 10 });
    const film = await Deno.makeTempFile({ suffix: ".mp4" });
    const { success } = await new Deno.Command("ffmpeg", {
      args: ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=10:d=1", film],
      stdin: "null",
    }).output();
    assert(success);
    await using browser = await launchBrowser();
    for (const source of ["test", film, vcam.path]) {
      await t.step(source === film ? "a file" : source, async () => {
        await using server = await startWscam(["--camera", source], { env: vcam.env });
        const [python, node] = await Promise.all([
          linesOf(pythonClient(CLIENTS, server), 3),
          nodeLines(server),
          browser.open(server.url).then((viewer) => viewer.untilState("live")),
        ]);
        for (const line of [...python, ...node]) assertMatch(line, BYTES_LINE);
      });
    }
    await Deno.remove(film);
  },
);
