import { assert } from "@std/assert";
import { UsageError } from "../../../lib/config/options/usage_error.ts";
import { createRandom } from "../../testutil/random.ts";
import { parseFile } from "./parse_file.ts";

const SEED = `port: 8765
fps: 15 # a comment
allow-origin: [https://a.example, 'null']
token: "open sesame"
cameras:
  printer: 0#fps=5
  door: &a
    source: rtsp://u:\${P}@h/x
    rotate: 90
  other: *a
`;
const BITS = [
  ":",
  "\n",
  "  ",
  "- ",
  "[",
  "]",
  "{",
  "}",
  "&a ",
  "*a",
  "'",
  '"',
  "#",
  "|",
  ">",
  "\t",
];
const MORE = ["${", "}", "%", "!!x ", "? ", "---\n", "\u0000", "\ud83d", "é", "\r", "0", "null"];

Deno.test("a file with any damage is read, or refused in words", async () => {
  const random = createRandom(20);
  for (let round = 0; round < 400; round++) {
    let text = SEED;
    for (let hits = 0; hits <= random.below(6); hits++) {
      const at = random.below(text.length);
      const bits = [...BITS, ...MORE];
      const bit = bits[random.below(bits.length)] ?? "";
      text = text.slice(0, at) + bit + text.slice(at + random.below(4));
    }
    const error = await parseFile(text, { env: { P: "pw" } }).then(() => undefined, (e) => e);
    if (error === undefined) continue;
    assert(error instanceof UsageError, `${error.stack}\n${text}`);
    assert(error.message.split("\n").every((line) => line.startsWith("FILE:")), error.message);
  }
});
