import { assertEquals } from "@std/assert";
import { BOUNDS, parseQuery, parseSettings, SETTINGS } from "../../lib/protocol/viewer_settings.ts";
import { createRandom } from "../testutil/random.ts";

const NUMBER = {
  fps: "field 'fps' must be a number from 0.1 to 120",
  quality: "field 'quality' must be a whole number from 0 to 100",
  width: "field 'width' must be a whole number from 16 to 8192",
};
const CAMERA = "field 'camera' must be a camera's name";
const FORMAT = "field 'format' must be 'json', 'binary' or 'h264'";
const ACK = "field 'ack' must be true or false";

Deno.test("parseSettings() takes every field, and only those that are given", async (t) => {
  const all = { camera: "门", fps: 12.5, quality: 70, width: 320, format: "binary", ack: true };
  assertEquals(parseSettings(all), { ok: true, settings: all as never });
  assertEquals(parseSettings({}), { ok: true, settings: {} });
  assertEquals(parseSettings({ zoom: 1, __proto__: 2 }), { ok: true, settings: {} });
  for (const [name, value] of Object.entries(all)) {
    await t.step(name, () => {
      assertEquals(parseSettings({ [name]: value }), { ok: true, settings: { [name]: value } });
    });
  }
});

Deno.test("parseSettings() takes numbers up to their bounds, and null", async (t) => {
  for (const name of ["fps", "quality", "width"] as const) {
    const { min, max } = BOUNDS[name];
    for (const value of [min, max, null]) {
      await t.step(`${name} ${value}`, () => {
        assertEquals(parseSettings({ [name]: value }), { ok: true, settings: { [name]: value } });
      });
    }
  }
});

Deno.test("parseSettings() names the field, the rule and the value when it takes it not", async (t) => {
  const cases: [field: string, value: unknown, rule: string, got: string][] = [
    ["fps", 0.0999, NUMBER.fps, "0.0999"],
    ["fps", 120.001, NUMBER.fps, "120.001"],
    ["fps", 0, NUMBER.fps, "0"],
    ["fps", -1, NUMBER.fps, "-1"],
    ["fps", 1e999, NUMBER.fps, "Infinity"],
    ["fps", NaN, NUMBER.fps, "NaN"],
    ["fps", "10", NUMBER.fps, "'10'"],
    ["fps", true, NUMBER.fps, "true"],
    ["fps", [10], NUMBER.fps, "an array"],
    ["quality", -1, NUMBER.quality, "-1"],
    ["quality", 101, NUMBER.quality, "101"],
    ["quality", 80.5, NUMBER.quality, "80.5"],
    ["quality", "80", NUMBER.quality, "'80'"],
    ["quality", {}, NUMBER.quality, "an object"],
    ["width", 15, NUMBER.width, "15"],
    ["width", 8193, NUMBER.width, "8193"],
    ["width", 320.5, NUMBER.width, "320.5"],
    ["width", 1e300, NUMBER.width, "1e+300"],
    ["width", false, NUMBER.width, "false"],
    ["camera", 0, CAMERA, "0"],
    ["camera", null, CAMERA, "null"],
    ["format", "jpeg", FORMAT, "'jpeg'"],
    ["format", "", FORMAT, "''"],
    ["format", null, FORMAT, "null"],
    ["format", 1, FORMAT, "1"],
    ["ack", 1, ACK, "1"],
    ["ack", "true", ACK, "'true'"],
    ["ack", null, ACK, "null"],
  ];
  for (const [field, value, rule, got] of cases) {
    await t.step(`${field} ${got}`, () => {
      const message = `${rule}, got ${got}`;
      const settings: { ack?: true } = field === "ack" ? {} : { ack: true };
      assertEquals(
        parseSettings({ ack: true, [field]: value }),
        { ok: false, settings, message },
        "the others can be used",
      );
    });
  }
});

Deno.test("parseQuery() reads what stands in a URL", async (t) => {
  const cases: [query: string, settings: Record<string, unknown>][] = [
    ["", {}],
    ["camera=0", { camera: "0" }],
    ["camera=%E5%89%8D%E9%97%A8", { camera: "前门" }],
    ["camera=back+door", { camera: "back door" }],
    ["camera=back%20door", { camera: "back door" }],
    ["camera=a%26b%3Dc", { camera: "a&b=c" }],
    ["camera=", { camera: "" }],
    ["camera=0&camera=前门", { camera: "0" }],
    ["CAMERA=nobody&FPS=x", {}],
    ["token=t&camera=前门&zoom=3&toString=1&__proto__=1", { camera: "前门" }],
    ["fps=10&quality=50&width=640", { fps: 10, quality: 50, width: 640 }],
    ["fps=0.1", { fps: 0.1 }],
    ["fps=.5", { fps: 0.5 }],
    ["fps=120&fps=x", { fps: 120 }],
    ["width=16&quality=0", { width: 16, quality: 0 }],
    ["width=8192&quality=100", { width: 8192, quality: 100 }],
    ["format=json", { format: "json" }],
    ["format=binary&ack=1", { format: "binary", ack: true }],
    ["ack=true", { ack: true }],
    ["ack=0", { ack: false }],
    ["ack=false", { ack: false }],
  ];
  for (const [query, settings] of cases) {
    await t.step(query, () => {
      assertEquals(parseQuery(new URLSearchParams(query)), { ok: true, settings });
    });
  }
});

Deno.test("parseQuery() says what is wrong with a field", async (t) => {
  const cases: [query: string, rule: string, got: string][] = [
    ["fps=", NUMBER.fps, "''"],
    ["fps", NUMBER.fps, "''"],
    ["fps=x", NUMBER.fps, "'x'"],
    ["fps=+1", NUMBER.fps, "' 1'"],
    ["fps=-1", NUMBER.fps, "'-1'"],
    ["fps=1e1", NUMBER.fps, "'1e1'"],
    ["fps=0x10", NUMBER.fps, "'0x10'"],
    ["fps=NaN", NUMBER.fps, "'NaN'"],
    ["fps=Infinity", NUMBER.fps, "'Infinity'"],
    ["fps=null", NUMBER.fps, "'null'"],
    ["fps=0.09", NUMBER.fps, "0.09"],
    ["fps=121", NUMBER.fps, "121"],
    [`fps=${"9".repeat(400)}`, NUMBER.fps, "Infinity"],
    ["quality=101", NUMBER.quality, "101"],
    ["quality=1.5", NUMBER.quality, "1.5"],
    ["width=15", NUMBER.width, "15"],
    ["width=8193", NUMBER.width, "8193"],
    ["width=640px", NUMBER.width, "'640px'"],
    ["format=BINARY", FORMAT, "'BINARY'"],
    ["format", FORMAT, "''"],
    ["ack", ACK, "''"],
    ["ack=2", ACK, "'2'"],
    ["ack=toString", ACK, "'toString'"],
    ["ack=__proto__", ACK, "'__proto__'"],
  ];
  for (const [query, rule, got] of cases) {
    await t.step(query.slice(0, 30), () => {
      const message = `${rule}, got ${got}`;
      const settings = { camera: "door" };
      assertEquals(
        parseQuery(new URLSearchParams(`${query}&camera=door`)),
        { ok: false, settings, message },
      );
    });
  }
});

Deno.test("parseQuery() gives nothing but settings, whatever it is fed", () => {
  for (let seed = 1; seed <= 1000; seed++) {
    const random = createRandom(seed);
    const values = ["", "1", "0.1", "-1", "9e9", "猫", "\0", "binary", "true", "null"] as const;
    const names = ["token", "猫", "camera", "fps", "quality", "width", "format", "ack"] as const;
    const query = new URLSearchParams();
    for (let i = random.below(6); i > 0; i--) {
      query.append(random.pick(names), random.pick(values));
    }
    const parsed = parseQuery(query);
    if (!parsed.ok) continue;
    assertEquals(parseSettings({ ...parsed.settings }), parsed, String(query));
    assertEquals(Object.keys(parsed.settings), SETTINGS.filter((name) => query.has(name)));
  }
});
