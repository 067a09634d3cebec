import { assertEquals, assertNotEquals } from "@std/assert";
import { encode } from "uqr";
import { qrCode } from "../../lib/commands/qr_code.ts";

Deno.test("qrCode() draws every module, two rows in a line, dark on light", async () => {
  const text = "https://cam.example.org/?share=s1.abc.def";
  const lines = await qrCode(text);
  const drawn = lines.flatMap((line) => {
    // deno-lint-ignore no-control-regex -- the colours
    const [, row = ""] = line.match(/^\x1b\[30;107m(.*)\x1b\[0m$/) ?? [];
    return [[..."\u2580\u2588"], [..."\u2584\u2588"]].map((dark) =>
      [...row].map((block) => dark.includes(block))
    );
  });
  const { data, size } = encode(text, { ecc: "L", border: 2 });
  assertEquals(drawn.slice(0, size), data);
  assertEquals(drawn.slice(size).flat().some((isDark) => isDark), false);
  assertNotEquals(await qrCode("a"), await qrCode("b"));
  assertEquals(await qrCode(text, size), lines);
  assertEquals(await qrCode(text, size - 1), [], "a terminal that is too narrow");
});
