import { assert, assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { inflateSync } from "node:zlib";
import { createKitty, KITTY_END } from "../../../../lib/commands/watch/show/kitty.ts";
import { createRandom } from "../../../testutil/random.ts";

const PLACE = { columns: 20, rows: 10, left: 3, top: 1 };

/** The commands of the protocol in a text: keys and payload. */
function commandsOf(text: string): { keys: string; payload: string }[] {
  return text.split("\x1b_G").slice(1).map((command) => {
    assert(command.endsWith("\x1b\\"), command);
    const [keys = "", payload = ""] = command.slice(0, -2).split(";");
    return { keys, payload };
  });
}

Deno.test("createKitty() sends compressed pixels with their size and their place", async () => {
  const data = Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 255);
  const text = await createKitty().draw({ data, width: 2, height: 1 }, PLACE);
  assert(text.startsWith("\x1b[2;4H\x1b_G"));
  const [first, ...rest] = commandsOf(text);
  assertEquals(
    first?.keys,
    "a=T,q=2,C=1,i=8765,f=32,o=z,s=2,v=1,c=20,r=10,m=0",
  );
  assertEquals([...inflateSync(decodeBase64(first?.payload ?? ""))], [...data]);
  assertEquals(rest, [{ keys: "a=d,d=I,i=8766,q=2", payload: "" }]);
});

Deno.test("createKitty() sends what is long in pieces of at most 4096 bytes", async () => {
  const data = createRandom(1).bytes(100 * 50 * 4);
  const text = await createKitty().draw({ data, width: 100, height: 50 }, PLACE);
  const pieces = commandsOf(text).slice(0, -1);
  assert(pieces.length >= 5);
  for (const [i, { keys, payload }] of pieces.entries()) {
    const isLast = i === pieces.length - 1;
    assertMatch(keys, isLast ? /(^|,)m=0$/ : /(^|,)m=1$/);
    assertEquals(keys.includes("a=T"), i === 0);
    assertLessOrEqual(payload.length, 4096);
    if (!isLast) assertEquals(payload.length % 4, 0);
  }
  const base64 = pieces.map(({ payload }) => payload).join("");
  assertEquals([...inflateSync(decodeBase64(base64))], [...data]);
});

Deno.test("createKitty() deletes each picture when the next one is there", async () => {
  const kitty = createKitty();
  const shown = new Set<string>();
  for (let i = 0; i < 5; i++) {
    const text = await kitty.draw({ data: new Uint8Array(4), width: 1, height: 1 }, PLACE);
    for (const { keys } of commandsOf(text)) {
      const [, id = ""] = keys.match(/i=(\d+)/) ?? [];
      if (keys.startsWith("a=T")) assert(!shown.has(id), "the one that is seen is not replaced");
      if (keys.startsWith("a=T")) shown.add(id);
      else shown.delete(id);
    }
    assertEquals(shown.size, 1);
  }
  for (const { keys } of commandsOf(KITTY_END)) shown.delete(keys.match(/i=(\d+)/)?.[1] ?? "");
  assertEquals(shown.size, 0);
});
