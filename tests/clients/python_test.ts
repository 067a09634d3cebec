import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { PYTHON } from "../../scripts/needs/python.ts";
import { startServerProcess } from "../../scripts/release/server_process.ts";
import { eventually } from "../testutil/eventually.ts";
import { testWith } from "../testutil/needs.ts";
import { startWscam, type Wscam } from "../testutil/wscam.ts";

const FOLDER = fileURLToPath(new URL("../../clients/python/", import.meta.url));
const TOKEN = "a-token-for-the-tests";
const ENV = { PYTHONPATH: `${FOLDER}src`, PYTHONDONTWRITEBYTECODE: "1", WSCAM_TOKEN: TOKEN };

function startServer(port?: number): Promise<Wscam> {
  const args = ["--camera", "door=test", "--camera", "attic=test", "--camera", "ai=push"];
  const options = { env: { WSCAM_TOKEN: TOKEN }, ...(port === undefined ? {} : { port }) };
  return startWscam([...args, "--resolution", "320x240", "--fps", "20"], options);
}

/** The program in the package's README that has a text in it. */
async function snippet(text: string): Promise<string> {
  const readme = await Deno.readTextFile(`${FOLDER}README.md`);
  const [, program = ""] = [...readme.matchAll(/^```python\n(.*?)^```/gms)]
    .find(([, program = ""]) => program.includes(text)) ?? [];
  assert(program !== "", `the README must have a program with ${text}`);
  return program;
}

testWith(["python3-opencv"], "the Python package works with a real server", async () => {
  await using server = await startServer();
  const { success, stderr } = await new Deno.Command(PYTHON, {
    args: ["-W", "error::ResourceWarning", "-m", "unittest", "discover", "-s", `${FOLDER}tests`],
    env: { ...ENV, WSCAM_URL: server.ws },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stderr);
  assert(success, text);
  assertMatch(text, /^Ran 19 tests/m);
});

testWith(
  ["python3-websockets"],
  "the Python package goes on when the server comes back",
  async () => {
    const first = await startServer();
    await using watching = startServerProcess({
      command: PYTHON,
      args: ["-u", "-m", "wscam", first.ws, "--token", TOKEN, "--fps", "10"],
      options: { env: ENV },
    });
    const lines = (): number => watching.output.stdout.split("\n").length - 1;
    await eventually(() => lines() >= 2);
    const { port } = first;
    await first[Symbol.asyncDispose]();
    await eventually(() => watching.output.stderr.includes("trying again"));
    await using _second = await startServer(port);
    const before = lines();
    await eventually(() => lines() >= before + 2, { within: 30_000 });
    assertEquals((await watching.end("SIGINT")).code, 0);
  },
);

testWith(["python3-opencv"], "the Python package's README says what works", async () => {
  const cameras = ["--camera", "test", "--camera", "edges=push", "--resolution", "320x240"];
  await using server = await startWscam(cameras);
  for (
    const [text, line] of [
      ["s old", /^\(240, 320, 3\) \d/m],
      ["detect", /^1 found, \d/m],
      ["wscam.push", /(^sent one of \d.*\s+){10}/m],
    ] as const
  ) {
    const program = (await snippet(text)).replaceAll("ws://localhost:8765", server.ws);
    await using running = startServerProcess({
      command: PYTHON,
      args: ["-u", "-c", program],
      options: { env: ENV },
    });
    await eventually(() => line.test(running.output.stdout), { within: 30_000 });
    await running.end("SIGKILL");
  }
});

testWith(["mypy"], "the Python package is typed", async () => {
  const { success, stdout } = await new Deno.Command("mypy", {
    args: ["--config-file", "pyproject.toml", "--cache-dir", "/dev/null", "src"],
    cwd: FOLDER,
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stdout));
});
