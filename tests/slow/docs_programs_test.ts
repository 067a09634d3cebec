import { assert, assertMatch } from "@std/assert";
import { PYTHON } from "../../scripts/needs/python.ts";
import { eventually } from "../testutil/eventually.ts";
import { testWith } from "../testutil/needs.ts";
import { linesOf } from "../testutil/program/lines_of.ts";
import { ROOT, snippets } from "../testutil/program/snippets.ts";
import { startWscam } from "../testutil/program/wscam.ts";

testWith(["ffmpeg"], "docs/raspberry-pi.md: pictures that are sent there are shown", async () => {
  const [, address = ""] =
    Deno.readTextFileSync(`${ROOT}docs/raspberry-pi.md`).match(/--camera module=(\S+):8888/) ?? [];
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr;
  free.close();
  // Sends whether anybody listens or not, as 'rpicam-vid' does.
  const sender = new Deno.Command("ffmpeg", {
    args: [
      "-v",
      "error",
      "-re",
      "-f",
      "lavfi",
      "-i",
      "testsrc2=s=320x240:r=30",
      "-c:v",
      "mjpeg",
      "-f",
      "mjpeg",
      `${address}:${port}?pkt_size=65507`,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await using server = await startWscam(["--camera", `module=${address}:${port}`]);
    await eventually(async () => {
      const response = await fetch(`${server.url}/snapshot`);
      return (await response.bytes())[0] === 0xff;
    });
  } finally {
    sender.kill("SIGKILL");
    await sender.status;
  }
});

testWith(
  ["python3-opencv"],
  "docs/how-to.zh-CN.md: frames are new, with 1 s of work for each",
  async () => {
    const program = snippets("docs/how-to.zh-CN.md").find(({ language }) => language === "python");
    assert(program !== undefined);
    await using server = await startWscam(["--camera", "test", "--resolution", "320x240"]);
    const text = program.text.replace("localhost:8765", `127.0.0.1:${server.port}`);
    const command = new Deno.Command(PYTHON, {
      args: ["-c", text],
      cwd: ROOT,
      stdin: "null",
      stdout: "piped",
    });
    const line = /^\(240, 320, 3\), 拍摄于 \d{10}\.\d{3}，开始处理时延迟 (\d+\.\d{3}) 秒$/;
    const ages = (await linesOf(command, 5)).map((it) => Number(it.match(line)?.[1]));
    // A loop that reads between two frames would get pictures of the second of work before.
    assert(ages.toSorted((a, b) => a - b).slice(0, 3).every((age) => age < 0.5), ages.join());
  },
);

testWith(
  ["python3-opencv"],
  "docs/opencv.md: frames are new, however long the work takes",
  async (t) => {
    const program = snippets("docs/opencv.md").find(({ language, text }) =>
      language === "python" && text.includes("asyncio")
    );
    assert(program !== undefined);
    await using server = await startWscam(["--camera", "test", "--resolution", "320x240"]);
    const run = (text: string, count: number) => {
      const local = text.replace("localhost:8765", `127.0.0.1:${server.port}`);
      const command = new Deno.Command(PYTHON, {
        args: ["-c", local],
        stdin: "null",
        stdout: "piped",
      });
      return linesOf(command, count);
    };
    const line = /^\(240, 320, 3\), taken at \d{10}\.\d{3}, (\d+\.\d{3}) s old$/;
    await t.step("as it stands", async () => {
      for (const it of await run(program.text, 3)) assertMatch(it, line);
    });
    await t.step("with 1 s of work for each", async () => {
      const text = program.text.replace(
        "    return frame.shape",
        "    time.sleep(1); return frame.shape",
      );
      const ages = (await run(text, 5)).map((it) => Number(it.match(line)?.[1]));
      // Without a task that reads, each would be a second older than the one before.
      assert(Math.min(...ages.slice(-3)) < 2.5, ages.join());
    });
  },
);
