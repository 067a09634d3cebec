import { assertEquals, assertStringIncludes } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { startWscam, wscamArgs } from "../../testutil/program/wscam.ts";

/** Windows has neither these signals nor such sockets in Deno. */
const ignore = Deno.build.os === "windows";

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(
    `serve() says goodbye to viewers on ${signal} and ends with 0`,
    { ignore },
    async () => {
      await using server = await startWscam(["--camera", "test"]);
      await using viewer = await openViewer(server.ws);
      await eventually(() => viewer.images().length > 0);
      assertEquals((await server.end(signal)).code, 0);
      assertEquals((await viewer.closed).code, 1001);
    },
  );
}

Deno.test("serve() listens on a Unix socket", { ignore }, async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/wscam.sock`;
  const process = new Deno.Command(Deno.execPath(), {
    args: wscamArgs("--camera", "test", "--unix", path),
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertStringIncludes((await lines.read()).value ?? "", path);
  using client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
  const response = await fetch("http://localhost/cameras", { client });
  assertEquals((await response.json())[0].name, "test");
  process.kill("SIGTERM");
  assertEquals((await process.status).code, 0);
  await lines.cancel();
  await Deno.remove(dir, { recursive: true });
});

Deno.test(
  "serve() takes over the Unix socket of a server that was killed",
  { ignore },
  async () => {
    const dir = await Deno.makeTempDir();
    const path = `${dir}/wscam.sock`;
    const start = () =>
      new Deno.Command(Deno.execPath(), {
        args: wscamArgs("--camera", "test", "--unix", path),
        stdin: "null",
        stdout: "piped",
        stderr: "null",
      }).spawn();
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      const process = start();
      const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
      assertStringIncludes((await reader.read()).value ?? "", path);
      process.kill(signal);
      const { success } = await process.status;
      assertEquals(success, signal === "SIGTERM");
      await reader.cancel();
    }
    await Deno.remove(dir, { recursive: true });
  },
);

Deno.test("serve() ends although an ffmpeg that it asks never answers", { ignore }, async () => {
  const path = await Deno.makeTempFile();
  const script = "#!/bin/sh\ntrap '' TERM\necho >>$0.up\nwhile :; do sleep 1; done\n";
  await Deno.writeTextFile(path, script);
  await Deno.chmod(path, 0o755);
  await using server = await startWscam(["--camera", "a=0", "--camera", "b=1", "--ffmpeg", path]);
  await using viewer = await openViewer(server.ws);
  await eventually(() => Deno.stat(`${path}.up`).then(() => true, () => false));
  assertEquals((await server.end()).code, 0);
  await viewer.closed;
  await Deno.remove(path);
  await Deno.remove(`${path}.up`);
});

Deno.test("serve() takes a signal that comes twice at once for one", { ignore }, async () => {
  await using server = await startWscam(["--camera", "test"]);
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.images().length > 0);
  Deno.kill(server.pid, "SIGINT");
  Deno.kill(server.pid, "SIGTERM");
  assertEquals((await server.end("SIGINT")).code, 0);
  assertEquals((await viewer.closed).code, 1001);
});

Deno.test("serve() ends at once on a second signal", { ignore }, async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(
    path,
    "#!/bin/sh\ntrap '' TERM\necho >>$0.up\nwhile :; do sleep 1; done\n",
  );
  await Deno.chmod(path, 0o755);
  await using server = await startWscam(["--camera", "0", "--ffmpeg", path]);
  await using viewer = await openViewer(server.ws);
  // It is asked by the report of missing cameras, and by the camera: a line from each.
  await eventually(() => Deno.stat(`${path}.up`).then(({ size }) => size >= 2, () => false));
  Deno.kill(server.pid, "SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 400));
  assertEquals((await server.end()).code, 130);
  await viewer.closed;
  await Deno.remove(path);
  await Deno.remove(`${path}.up`);
});
