import { assertEquals } from "@std/assert";
import {
  environmentFile,
  execLine,
  quotePath,
  quoteWord,
} from "../../../../lib/commands/service/systemd/systemd_quote.ts";
import { createRandom } from "../../../testutil/random.ts";

/** Takes a command line apart by the rules of systemd.service(5) and systemd.unit(5), not by our code. */
function split(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const letter = line[i] ?? "";
    if (letter === "\\") {
      const next = line[++i] ?? "";
      if (!'\\"'.includes(next)) throw new Error(`systemd takes \\${next} for something else`);
      word = (word ?? "") + next;
    } else if (quote !== "") {
      if (letter === quote) quote = "";
      else word = (word ?? "") + letter;
    } else if (letter === '"' || letter === "'") {
      if (word !== undefined) throw new Error("A quotation mark inside a word stays as it is");
      [quote, word] = [letter, ""];
    } else if (letter === " ") {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + letter;
  }
  if (word !== undefined) words.push(word);
  if (words.includes(";")) throw new Error("A ';' alone begins another command");
  return words.map((each) => each.replace(/%(.)/g, (_, letter) => letter === "%" ? "%" : "FOUND"));
}

Deno.test("execLine() gives back every word that it was given", () => {
  const { below } = createRandom(7);
  const letters = [..." \t'\"\\%$;:=#{}~*?&|<>@!+-/aä中😀\u0301"];
  for (let round = 0; round < 2000; round++) {
    const words = Array.from(
      { length: 1 + below(4) },
      () =>
        `--x=${Array.from({ length: below(12) }, () => letters[below(letters.length)]).join("")}`,
    );
    const line = execLine(["/a b", ...words]);
    assertEquals(line[0], ":", "no variables are looked for");
    assertEquals(split(line.slice(1)), ["/a b", ...words]);
  }
});

Deno.test("quoteWord() leaves plain words as they are", () => {
  for (const word of ["/usr/bin/wscam", "--camera=test", "--resolution=640x480", "a@b,c+d~e:8"]) {
    assertEquals(quoteWord(word), word);
  }
  assertEquals(quoteWord("a b"), '"a b"');
  assertEquals(quoteWord("100%"), "100%%");
});

Deno.test("quotePath() keeps a colon from dividing", () => {
  assertEquals(quotePath("/a"), "/a");
  assertEquals(quotePath("-/a b:%c"), '"-/a b:%%c"');
});

Deno.test("environmentFile() escapes what is special in double quotes", () => {
  assertEquals(environmentFile({ A: 'x"\\`$y%h', B: "1" }), 'A="x\\"\\\\\\`\\$y%h"\nB="1"\n');
});
