import { assertEquals, assertGreater } from "@std/assert";
import { ownParts, programParts } from "../../lib/system/program_pages.ts";

/** As Linux tells it, without the lines that nobody reads. */
const SMAPS = [
  "55bb00000000-55bb01b8e000 r--p 00000000 08:01 4711                       /opt/a b/deno",
  "Rss:               12160 kB",
  "Anonymous:             0 kB",
  "VmFlags: rd mr mw me ",
  "55bb01b8e000-55bb05882000 r-xp 01b8d000 08:01 4711                       /opt/a b/deno",
  "Rss:               28160 kB",
  "Anonymous:             0 kB",
  "55bb05883000-55bb05a40000 r--p 05881000 08:01 4711                       /opt/a b/deno",
  "Rss:                1776 kB",
  "Anonymous:          1776 kB",
  "55bb05a40000-55bb05a6b000 rw-p 05a3d000 08:01 4711                       /opt/a b/deno",
  "Rss:                 172 kB",
  "Anonymous:             0 kB",
  // V8's copy of its builtins for one isolate.
  "558c40000000-558c40180000 r-xp 02b8d000 08:01 4711                       /opt/a b/deno",
  "Rss:                1536 kB",
  "Anonymous:             0 kB",
  "7f0000000000-7f0000028000 r--p 00000000 08:01 815                        /lib/libc.so.6",
  "Anonymous:             0 kB",
  "7f0000028000-7f0000029000 r--p 00000000 00:00 0 ",
  "Anonymous:             0 kB",
  "",
].join("\n");

Deno.test("programParts() finds code and constants where they were loaded, and nothing that was written to", () => {
  assertEquals(programParts(SMAPS, "/opt/a b/deno"), [
    { start: 0x55bb00000000n, size: 0x1b8e000n },
    { start: 0x55bb01b8e000n, size: 0x3cf4000n },
  ]);
  assertEquals(programParts(SMAPS, "/opt/a"), []);
  assertEquals(programParts("", ""), []);
});

Deno.test({
  name: "ownParts() finds this program's",
  ignore: Deno.build.os !== "linux",
  fn() {
    const bytes = ownParts().reduce((sum, { size }) => sum + Number(size), 0);
    assertGreater(bytes, 20e6);
    assertGreater(Deno.statSync(Deno.execPath()).size, bytes);
  },
});

Deno.test({
  name: "ownParts() finds nothing that goes with a worker",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const before = ownParts();
    const source = "data:text/javascript,postMessage(0)";
    const workers = Array.from({ length: 4 }, () => new Worker(source, { type: "module" }));
    await Promise.all(workers.map((worker) => new Promise((done) => worker.onmessage = done)));
    const beside = ownParts();
    for (const worker of workers) worker.terminate();
    assertEquals(beside, before);
  },
});
