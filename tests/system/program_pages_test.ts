import { assertEquals, assertGreater } from "@std/assert";
import { ownParts, programParts } from "../../lib/system/program_pages.ts";

const PATH = "/opt/a b/deno";

/** A part as Linux lists it, without the lines that nobody reads. */
function part(head: string, { anonymous = 0, swap = 0, path = PATH } = {}): string {
  const kilobytes = (count: number): string => `${String(count).padStart(8)} kB`;
  return [
    `${head} 4711                       ${path}`,
    "Rss:               12160 kB",
    `Anonymous:      ${kilobytes(anonymous)}`,
    `Swap:           ${kilobytes(swap)}`,
    "VmFlags: rd mr mw me ",
  ].join("\n");
}

const CONSTANTS = part("55bb00000000-55bb01b8e000 r--p 00000000 08:01");
const CODE = part("55bb01b8e000-55bb05882000 r-xp 01b8d000 08:01");
const RELOCATED = "55bb05883000-55bb05a40000 r--p 05881000 08:01";
const DATA = part("55bb05a40000-55bb05a6b000 rw-p 05a3d000 08:01");
const LIBRARY = part("7f0000000000-7f0000028000 r--p 00000000 08:01", { path: "/lib/libc.so.6" });
const NAMELESS = "7f0000028000-7f0000029000 r--p 00000000 00:00 0 \nAnonymous:             0 kB\n";
const EXPECTED = [
  { start: 0x55bb00000000n, size: 0x1b8e000n },
  { start: 0x55bb01b8e000n, size: 0x3cf4000n },
];

Deno.test("programParts() finds code and constants, and nothing that was written to", () => {
  const listed = [CONSTANTS, CODE, part(RELOCATED, { anonymous: 1776 }), DATA, LIBRARY, NAMELESS];
  assertEquals(programParts(listed.join("\n"), PATH), EXPECTED);
  assertEquals(programParts(listed.join("\n"), "/opt/a"), []);
  assertEquals(programParts("", ""), []);
});

Deno.test("programParts() leaves out what was written to and moved to swap", () => {
  const listed = [CONSTANTS, CODE, part(RELOCATED, { swap: 1776 }), DATA];
  assertEquals(programParts(listed.join("\n"), PATH), EXPECTED);
});

Deno.test("programParts() leaves out data that the program has made read-only", () => {
  // V8 does that with its flags once they are set. It may be changed again.
  const flags = part("55bb05a6b000-55bb05a6c000 r--p 05a68000 08:01");
  const listed = [CONSTANTS, CODE, DATA, flags];
  assertEquals(programParts(listed.join("\n"), PATH), EXPECTED);
});

Deno.test("programParts() leaves out further copies, wherever the system puts them", () => {
  const copies = (place: string): string[] => [
    // Rust maps the whole file to write a stack trace.
    part(`${place}00000000-${place}0b000000 r--p 00000000 08:01`),
    // V8 maps its builtins for each isolate.
    part(`${place}40000000-${place}40180000 r-xp 02b8d000 08:01`),
  ];
  const own = [CONSTANTS, CODE, part(RELOCATED, { anonymous: 1776 }), DATA];
  for (const listed of [[...own, ...copies("7f00")], [...copies("2aaa"), ...own]]) {
    assertEquals(programParts(listed.join("\n"), PATH), EXPECTED);
  }
});

Deno.test("programParts() finds nothing where the parts can't be told from copies", () => {
  assertEquals(programParts([CONSTANTS, CODE].join("\n"), PATH), []);
  assertEquals(programParts([CODE, DATA].join("\n"), PATH), []);
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
