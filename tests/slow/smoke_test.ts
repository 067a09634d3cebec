import { assertEquals, assertRejects } from "@std/assert";
import { smoke } from "../../scripts/smoke.ts";
import { shellWords } from "../testutil/program/run.ts";
import { wscamArgs } from "../testutil/program/wscam.ts";

const ignore = Deno.build.os === "windows";

Deno.test("smoke() finds nothing wrong with the program under Deno", async () => {
  const lines: string[] = [];
  const report = (line: string): void => void lines.push(line);
  await smoke(Deno.execPath(), { args: wscamArgs(), isolated: false, report });
  assertEquals(lines.map((line) => line.split(":")[0]), [
    "version",
    "doctor",
    "listens",
    "page",
    "pictures",
    "native code",
    "ends",
  ]);
});

/** A program that gives prepared answers, and passes everything else on to the real one. */
async function pretender(cases: string): Promise<AsyncDisposable & { path: string }> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/pretender`;
  const real = shellWords([Deno.execPath(), ...wscamArgs()]);
  const script = `#!/bin/sh\ncase "$*" in\n${cases}\nesac\nexec ${real} "$@"\n`;
  await Deno.writeTextFile(path, script, { mode: 0o755 });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

Deno.test({
  name: "smoke() doesn't wait for ever",
  ignore,
  async fn() {
    await using subject = await pretender("--version) exec sleep 600;;");
    const options = { isolated: false, report: () => {}, patienceMs: 200 };
    await assertRejects(
      () => smoke(subject.path, options),
      Error,
      "'--version' must end within 0.2 s",
    );
  },
});

Deno.test({
  name: "smoke() refuses what isn't right",
  ignore,
  async fn(t) {
    const wrong: [name: string, cases: string, message: string][] = [
      ["another version", "--version) echo wscam 9.9.9; exit;;", "'--version' must print"],
      ["no server", "*camera*) echo no such luck >&2; exit 1;;", "no such luck"],
      [
        "a bad status",
        "*camera*) trap 'kill $!; wait $!; exit 3' TERM\n@serve & wait;;",
        "status 0, got 3",
      ],
      [
        "native code that others can put there",
        '*camera*) : > "$TMPDIR/wscam123.node"; exec @serve;;',
        "must be written into a folder of its own, not as",
      ],
      [
        "native code in a folder that others may enter",
        '*camera*) mkdir -m 755 "$TMPDIR/native"; exec @serve;;',
        "must be its owner's alone",
      ],
      ["other pictures", "*camera*) exec @serve --rotate 180;;", "test picture's colours"],
      ["a doctor that fails", "--help) echo '  wscam doctor'; exit;; doctor) exit 7;;", "status 7"],
    ];
    const run = shellWords([Deno.execPath(), ...wscamArgs()]);
    for (const [name, cases, message] of wrong) {
      await t.step(name, async () => {
        await using subject = await pretender(cases.replace("@serve", `${run} "$@"`));
        const options = { isolated: false, report: () => {} };
        await assertRejects(() => smoke(subject.path, options), Error, message);
      });
    }
  },
});
