import { assertEquals } from "@std/assert";
import { parseViewerQuery } from "../../lib/protocol/viewer_query.ts";

const CAMERAS = ["0", "前门", "back door", "a&b=c"];

Deno.test("parseViewerQuery() finds the camera", async (t) => {
  const cases = [
    ["", "0"],
    ["camera=0", "0"],
    ["camera=%E5%89%8D%E9%97%A8", "前门"],
    ["camera=back+door", "back door"],
    ["camera=back%20door", "back door"],
    ["camera=a%26b%3Dc", "a&b=c"],
    ["camera=0&camera=前门", "0"],
    ["fps=x&quality=-1&whatever", "0"],
    ["CAMERA=nobody", "0"],
    ["token=t&camera=前门", "前门"],
  ] as const;
  for (const [query, camera] of cases) {
    await t.step(query, () => {
      assertEquals(parseViewerQuery(new URLSearchParams(query), CAMERAS), { ok: true, camera });
    });
  }
});

Deno.test("parseViewerQuery() names the field and the cameras when there is no such camera", async (t) => {
  const rule =
    "Cannot show camera: field 'camera' must be one of '0', '前门', 'back door', 'a&b=c', got";
  const cases = [
    ["camera=1", "'1'"],
    ["camera=", "''"],
    ["camera", "''"],
    ["camera=BACK DOOR", "'BACK DOOR'"],
    ["camera=toString", "'toString'"],
    ["camera=%FF", "'\ufffd'"],
    [`camera=${"x".repeat(100)}`, `'${"x".repeat(60)}…'`],
  ] as const;
  for (const [query, got] of cases) {
    await t.step(query.slice(0, 30), () => {
      const message = `${rule} ${got}`;
      assertEquals(parseViewerQuery(new URLSearchParams(query), CAMERAS), { ok: false, message });
    });
  }
});

Deno.test("parseViewerQuery() says so when there is no camera at all", () => {
  assertEquals(parseViewerQuery(new URLSearchParams(), []).ok, false);
});

Deno.test("parseViewerQuery() says that there is no camera yet", () => {
  const message = "Cannot show camera: there is none yet";
  assertEquals(parseViewerQuery(new URLSearchParams("camera=x"), []), { ok: false, message });
});
