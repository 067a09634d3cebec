import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { parseServe } from "../../lib/config/commands/serve_config.ts";
import { TARGETS } from "../../scripts/release/targets.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const dockerfile = Deno.readTextFileSync(`${ROOT}Dockerfile`);
const compose = Deno.readTextFileSync(`${ROOT}compose.yaml`);

Deno.test("Dockerfile: what is copied is there, and not ignored", async () => {
  const ignored = (await Deno.readTextFile(`${ROOT}.dockerignore`)).split("\n");
  assertEquals(ignored[0], "*");
  const copied = Array.from(
    dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm),
    ([, names = ""]) => names,
  )
    .flatMap((names) => names.split(" "));
  assert(copied.length >= 5);
  for (const name of copied) {
    await Deno.stat(ROOT + name);
    assert(ignored.includes(`!${name}`), `${name} must be let through by .dockerignore`);
  }
});

Deno.test("Dockerfile: it compiles for a target that there is, and runs as nobody in particular", () => {
  assert(dockerfile.includes('"linux-$(uname -m)"'));
  // The names of processors by uname on the two.
  for (const processor of ["aarch64", "x86_64"]) {
    assert(TARGETS.some(({ name }) => name === `linux-${processor}`));
  }
  const [, last = ""] = dockerfile.split(/^FROM .*(?<!AS build)$/m);
  assertMatch(last, /^USER wscam$/m);
  assertMatch(last, /--groups video/);
  assertEquals(last.match(/^CMD /m), null, "an option would win over compose.yaml's variables");
});

Deno.test("compose.yaml: its variables are options of wscam", () => {
  const pairs = Array.from(compose.matchAll(/^ {6}(WSCAM_\w+): "?([^"\n]+)"?$/gm));
  assert(pairs.length >= 2);
  for (const [, name = "", value = ""] of pairs) {
    const option = `--${name.replace("WSCAM_", "").toLowerCase().replaceAll("_", "-")}`;
    parseServe([option, value]);
  }
});
