import { assertEquals } from "@std/assert";
import { holdersOf } from "../../../lib/commands/doctor/holders.ts";
import { eventually } from "../../testutil/eventually.ts";

const ignore = Deno.build.os !== "linux";

/** A program of some name that has a file open until its stdin ends. */
async function hold(name: string, path: string): Promise<AsyncDisposable & { pid: number }> {
  const folder = await Deno.makeTempDir();
  await Deno.copyFile("/bin/cat", `${folder}/${name}`);
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", 'exec "$1" - 3<"$2"', "sh", `${folder}/${name}`, path],
    ...{ stdin: "piped", stdout: "null", stderr: "null" },
  }).spawn();
  return {
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test({ name: "holdersOf() names the programs that have a device open", ignore }, async () => {
  const path = await Deno.makeTempFile();
  assertEquals(await holdersOf(path), []);
  {
    await using holder = await hold("cheese", path);
    const name = "cheese";
    await eventually(async () => (await holdersOf(path))[0]?.name === name);
    assertEquals(await holdersOf(path), [{ pid: holder.pid, name }]);
  }
  assertEquals(await holdersOf(path), []);
  await Deno.remove(path);
});

Deno.test({ name: "holdersOf() names who has started an ffmpeg", ignore }, async () => {
  const path = await Deno.makeTempFile();
  await using _holder = await hold("ffmpeg", path);
  const [holder] = await eventually(async () => {
    const holders = await holdersOf(path);
    return holders.length > 0 ? holders : undefined;
  });
  assertEquals(holder, { pid: Deno.pid, name: Deno.readTextFileSync("/proc/self/comm").trim() });
  await Deno.remove(path);
});
