import { assert, assertEquals } from "@std/assert";
import { Ajv2020 } from "ajv/2020";
import { configSchema } from "../../lib/config/file/config_schema.ts";
import { SCHEMA_FILE } from "../../scripts/docs/config_schema.ts";
import { parse } from "yaml";

const validate = new Ajv2020({ allowUnionTypes: true }).compile(configSchema());

Deno.test("docs/config.schema.json is made of the table of options", async () => {
  const file = JSON.parse(await Deno.readTextFile(SCHEMA_FILE));
  assertEquals(file, configSchema(), "run 'deno task docs'");
});

Deno.test("configSchema() takes the example in the docs, and refuses what wscam refuses", async (t) => {
  const page = await Deno.readTextFile(new URL("../../docs/config.md", import.meta.url));
  const [, example = ""] = page.match(/```yaml\n(.*?)```/s) ?? [];
  assert(validate(parse(example)), JSON.stringify(validate.errors));
  const bad = [
    "prot: 80",
    "fps: 0",
    "fps: fast",
    "port: 80.5",
    "rotate: 45",
    "always-on: 7",
    "cameras: {}",
    "cameras: {a: {fps: 5}}",
    "cameras: {a: {source: 0, fsp: 5}}",
    "config: x",
  ];
  for (const text of bad) {
    await t.step(text, () => assertEquals(validate(parse(text)), false));
  }
  for (const text of ["fps: ${FPS}", "flip: none", "cameras: {a: 0, b: {source: test}}"]) {
    await t.step(text, () => assert(validate(parse(text)), JSON.stringify(validate.errors)));
  }
});
