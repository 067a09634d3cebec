import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { completionScript } from "../../../lib/commands/completion/completion.ts";
import { OPTIONS } from "../../../lib/config/options/options.ts";
import { UsageError } from "../../../lib/config/options/usage_error.ts";
import { testWith } from "../../testutil/needs.ts";

/**
 * A line that is typed, and some of the words that must be offered for its last one, or all of
 * them.
 */
const CASES: readonly [line: string, offered: readonly string[], all?: boolean][] = [
  ["wat", ["watch"], true],
  ["--enc", ["--encoder"], true],
  ["serve --alw", ["--always-on"], true],
  ["serve --encoder ", ["auto", "copy", "ffmpeg", "imagescript"], true],
  ["serve -e co", ["copy"], true],
  ["--log-level=d", ["debug"]],
  ["--camera te", ["test", "testing.mp4"]],
  ["watch --graphics k", ["kitty"], true],
  ["watch --save ", ["shots"]],
  ["push key", ["key file.pem"]],
  ["push --lo", ["--loop"], true],
  ["service un", ["uninstall"], true],
  ["completion f", ["fish"], true],
  ["help sh", ["share"], true],
  ["serve --cert key", ["key file.pem"]],
];

/** Runs a shell in a folder that has a file with a space in its name, and a folder. */
async function inFolder(
  command: string,
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const dir = await Deno.makeTempDir({ prefix: "wscam-completion-" });
  try {
    await Deno.writeTextFile(`${dir}/key file.pem`, "");
    await Deno.writeTextFile(`${dir}/testing.mp4`, "");
    await Deno.mkdir(`${dir}/shots`);
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${dir}/${name}`, text);
    }
    const { stdout, stderr } = await new Deno.Command(command, {
      args: [...args],
      cwd: dir,
      env: { HOME: dir, LC_ALL: "C.UTF-8" },
      stdin: "null",
      signal: AbortSignal.timeout(60_000),
    }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function check(offered: string[], [line, expected, isAll = false]: typeof CASES[number]): void {
  for (const word of expected) assert(offered.includes(word), `${line}: ${word} of ${offered}`);
  if (isAll) assertEquals(offered.toSorted(), expected.toSorted(), line);
}

testWith(["bash"], "completionScript() completes in bash", async (t) => {
  // Sourced twice, as in a shell that reads its start-up file again.
  const script = `${completionScript(["bash"])}\n${completionScript(["bash"])}`;
  for (const test of CASES) {
    await t.step(test[0], async () => {
      // bash hands --name=value over as three words.
      const words = ["wscam", ...test[0].split(/ |(?<==)|(?==)/)];
      const list = words.map((word) => `'${word}'`).join(" ");
      const program = `${script}\ncompopt() { :; }\nCOMP_WORDS=(${list})\n` +
        `COMP_CWORD=${words.length - 1}\n_wscam\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
      const output = await inFolder("bash", ["--norc", "-c", program]);
      check(output.trimEnd().split("\n"), test);
    });
  }
});

testWith(["fish"], "completionScript() completes in fish", async (t) => {
  for (const test of CASES) {
    await t.step(test[0], async () => {
      const program = `${completionScript(["fish"])}\ncomplete -C 'wscam ${test[0]}'`;
      const lines = (await inFolder("fish", ["--no-config", "-c", program])).trimEnd().split("\n");
      const offered = lines.map((line) =>
        (line.split("\t")[0] ?? "").replace(/^--[a-z-]+=/, "").replaceAll("\\ ", " ")
          .replace(/\/$/, "")
      );
      check(offered, test);
    });
  }
});

testWith(["zsh"], "completionScript() completes in zsh", async () => {
  const offers = await zshOffers(CASES.map(([line]) => line));
  CASES.forEach((test, i) => check(offers[i] ?? [], test));
});

/** Has a zsh write what it would add, by its own completion system, which hands matches to `compadd`. */
const WIDGET = `
show() {
  compadd() {
    local -a found
    builtin compadd -O found "$@"
    for each in $found; do print -r -- "offer<$each>"; done
    builtin compadd "$@"
  }
  compstate[insert]=
  _main_complete
  unfunction compadd
  print shown
}
zle -C show complete-word show
bindkey "^X" show
`;

async function zshOffers(lines: readonly string[]): Promise<string[][]> {
  const typed = lines.map((line) => `
zpty -w -n z "wscam ${line}"$'\\x18'
while zpty -r z text; do print -r -- "$text"; [[ $text == *shown* ]] && break; done
zpty -w -n z $'\\x15'`);
  const program = `
zmodload zsh/zpty
zpty z zsh -f
zpty -w z 'PROMPT=; autoload -Uz compinit; compinit -D -u; source ./script; source ./widget'
${typed.join("\n")}
zpty -d z
`;
  const script = completionScript(["zsh"]);
  const text = await inFolder("zsh", ["-f", "-c", program], { script, widget: WIDGET });
  return text.split("shown").slice(0, -1).map((part) => [
    ...new Set(Array.from(part.matchAll(/offer<([^>]*)>/g), ([, word = ""]) => word)),
  ]);
}

Deno.test("completionScript() knows every option in every shell", () => {
  for (const shell of ["bash", "zsh", "fish", "powershell"]) {
    const script = completionScript([shell]);
    for (const { name } of Object.values(OPTIONS).flat()) assertStringIncludes(script, name);
    // Typed text is data: no script hands it to a shell.
    assert(!/\beval\b|Invoke-Expression/.test(script));
  }
});

Deno.test("completionScript() refuses what is no shell", () => {
  for (const args of [[], ["tcsh"], ["bash", "zsh"], ["BASH"]]) {
    assertThrows(() => completionScript(args), UsageError, "bash, zsh, fish, powershell");
  }
});
