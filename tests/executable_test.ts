import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { isolatedEnv } from "../scripts/release/isolated_env.ts";
import { type ServerProcess, startServerProcess } from "../scripts/release/server_process.ts";
import { jpegSize } from "../lib/protocol/jpeg_size.ts";
import { decodeBase64 } from "@std/encoding/base64";
import { eventually } from "./testutil/eventually.ts";
import { compileExecutable } from "./testutil/executable.ts";
import { openViewer } from "./testutil/messages.ts";
import { testWith } from "./testutil/needs.ts";
import { childrenOf, residentOf } from "./testutil/processes.ts";
import { startVcam } from "./testutil/vcam.ts";

/** Resident after a viewer at 640x480, in bytes; 73e6 were seen. */
const MAX_RESIDENT = 110e6;

/** Where nothing can be written to but a new and empty /tmp, and the home isn't there. */
function jail(
  executable: string,
  env: Record<string, string>,
): { command: string; args: string[] } {
  const args = ["--ro-bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc"];
  const variables = Object.entries(env).flatMap(([name, value]) => ["--setenv", name, value]);
  return {
    command: "bwrap",
    args: [
      ...[...args, "--tmpfs", "/tmp", "--ro-bind", executable, "/tmp/wscam", "--chdir", "/tmp"],
      ...["--clearenv", ...variables, "--die-with-parent", "/tmp/wscam"],
    ],
  };
}

async function ask(command: string, args: string[]): Promise<{ code: number; stdout: string }> {
  const { code, stdout, stderr } = await new Deno.Command(command, { args, stdin: "null" })
    .output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout) + decoder.decode(stderr) };
}

async function assertPicture(process: ServerProcess, width: number): Promise<void> {
  await using viewer = await openViewer(`ws://127.0.0.1:${await process.port()}`);
  const image = await eventually(() => viewer.images().at(1), { within: 30_000 });
  assertEquals(jpegSize(decodeBase64(image.data))?.width, width);
}

testWith(
  ["executable", "bwrap", "vcam", "ffmpeg"],
  "the executable works alone, on a read-only system, without Deno and home",
  async (t) => {
    const folder = await Deno.makeTempDir();
    const executable = await compileExecutable(folder);
    await using vcam = await startVcam({ width: 640, height: 480, fps: 15 });
    const env = { ...isolatedEnv("/nonexistent"), ...vcam.env };
    // bwrap binds what is there now: the camera first.
    const { command, args } = jail(executable, env);
    const serve = (...more: string[]): ServerProcess =>
      startServerProcess({
        command,
        args: [...args, "--host", "127.0.0.1", "--port", "0", ...more],
        options: { cwd: "/", clearEnv: true, env: { PATH: env.PATH ?? "" } },
      });

    await t.step("the test picture, the page, watch, and its memory", async () => {
      await using process = serve("--camera", "test");
      await assertPicture(process, 640);
      const port = await process.port();
      assertStringIncludes(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "<title>");
      const watch = ["watch", `ws://127.0.0.1:${port}`, "--count", "3", "--json"];
      const { code, stdout } = await ask(command, [...args, ...watch]);
      assertEquals(code, 0, stdout);
      const [server = 0] = await childrenOf(process.pid, { deep: true });
      assertLess(residentOf(server), MAX_RESIDENT);
    });
    for (const encoder of ["imagescript", "copy", "ffmpeg"]) {
      await t.step(`a camera, ${encoder}`, async () => {
        await using process = serve(
          "--camera",
          vcam.path,
          "--encoder",
          encoder,
          "--log-level",
          "debug",
        );
        await assertPicture(process, 640);
      });
    }
    await t.step("the list of cameras", async () => {
      const { code, stdout } = await ask(command, [...args, "cameras"]);
      assertEquals(code, 0, stdout);
      assert(stdout.includes(vcam.path), stdout);
    });
    await Deno.remove(folder, { recursive: true });
  },
);
