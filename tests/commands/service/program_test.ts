import { assertEquals, assertStringIncludes } from "@std/assert";
import { findProgram, V8_FLAGS } from "../../../lib/commands/service/program.ts";
import config from "../../../deno.json" with { type: "json" };

const ignore = Deno.build.os === "windows";

Deno.test("findProgram() takes a compiled executable as it is", () => {
  const execPath = "/opt/wscam";
  const mainModule = "file:///tmp/deno-compile-wscam/main.ts";
  assertEquals(findProgram({ execPath, mainModule, standalone: true }), {
    command: [execPath],
    reads: [execPath],
    module: undefined,
    warning: undefined,
  });
});

Deno.test({
  name: "findProgram() runs a checkout with deno",
  ignore,
  fn() {
    const facts = { execPath: "/usr/bin/deno", standalone: false };
    assertEquals(findProgram({ ...facts, mainModule: "file:///home/me/my%20cam/main.ts" }), {
      command: [
        "/usr/bin/deno",
        "run",
        "-A",
        "--v8-flags=--max-semi-space-size=1",
        "--no-prompt",
        "--quiet",
        "/home/me/my cam/main.ts",
      ],
      reads: ["/usr/bin/deno", "/home/me/my cam/"],
      module: "/home/me/my cam/main.ts",
      warning: undefined,
    });
    const { command, reads } = findProgram({ ...facts, mainModule: "https://jsr.io/x/main.ts" });
    assertEquals(command.at(-1), "https://jsr.io/x/main.ts");
    assertEquals(reads, ["/usr/bin/deno"]);
  },
});

Deno.test("V8_FLAGS are those of the task 'start', which executables are compiled with", () => {
  assertStringIncludes(config.tasks.start.command, ` ${V8_FLAGS} `);
});

Deno.test({
  name: "findProgram() warns of a deno that may be gone tomorrow",
  ignore,
  fn() {
    const execPath = "/root/.npm/_npx/7a/node_modules/@deno/linux-x64-glibc/deno";
    const facts = { execPath, standalone: false, mainModule: "file:///srv/wscam/main.ts" };
    assertStringIncludes(findProgram(facts).warning ?? "", "npx's cache");
  },
});
