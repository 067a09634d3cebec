import { assert, assertEquals } from "@std/assert";
import { PYTHON } from "../../../scripts/needs/python.ts";
import { startServerProcess } from "../../../scripts/release/server_process.ts";
import { eventually } from "../../testutil/eventually.ts";
import { findFixedPort } from "../../testutil/network/fixed_port.ts";
import { testWith } from "../../testutil/needs.ts";
import {
  PACKAGE_TOKEN,
  PYTHON_PACKAGE,
  runPackageTests,
  startPackageServer,
} from "../../testutil/program/python_package.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const ENV = {
  PYTHONPATH: `${PYTHON_PACKAGE}/src`,
  PYTHONDONTWRITEBYTECODE: "1",
  WSCAM_TOKEN: PACKAGE_TOKEN,
};

/** The program in the package's README that has a text in it. */
async function snippet(text: string): Promise<string> {
  const readme = await Deno.readTextFile(`${PYTHON_PACKAGE}/README.md`);
  const [, program = ""] = [...readme.matchAll(/^```python\n(.*?)^```/gms)]
    .find(([, program = ""]) => program.includes(text)) ?? [];
  assert(program !== "", `the README must have a program with ${text}`);
  return program;
}

testWith(["python3-opencv"], "the Python package works with a real server", async () => {
  await using server = await startPackageServer();
  await runPackageTests(server, { python: [PYTHON] });
});

testWith(
  ["python3-websockets"],
  "the Python package goes on when the server comes back",
  async () => {
    const first = await startPackageServer(await findFixedPort());
    await using watching = startServerProcess({
      command: PYTHON,
      args: ["-u", "-m", "wscam", first.ws, "--token", PACKAGE_TOKEN, "--fps", "10"],
      options: { env: ENV },
    });
    const lines = (): number => watching.output.stdout.split("\n").length - 1;
    await eventually(() => lines() >= 2);
    const { port } = first;
    await first[Symbol.asyncDispose]();
    await eventually(() => watching.output.stderr.includes("trying again"));
    await using _second = await startPackageServer(port);
    const before = lines();
    await eventually(() => lines() >= before + 2);
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
    await eventually(() => line.test(running.output.stdout));
    await running.end("SIGKILL");
  }
});
