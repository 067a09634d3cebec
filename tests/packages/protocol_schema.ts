import { Ajv2020 } from "ajv/2020";
import { assertEquals } from "@std/assert";
import { type TestViewer } from "../testutil/client/messages.ts";

export const DOCS = new URL("../../docs/", import.meta.url);
export const SCHEMA = JSON.parse(await Deno.readTextFile(new URL("protocol.schema.json", DOCS)));
export const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false });
ajv.addSchema(SCHEMA);

export type Part = "message" | "command" | "state" | "comment";

/** The fault of a value by the schema, if there is one. */
export function wrongWith(part: Part, value: unknown): string | undefined {
  const isRight = ajv.validate(`${SCHEMA.$id}#/$defs/${part}`, value);
  return isRight ? undefined : `${ajv.errorsText()}: ${JSON.stringify(value).slice(0, 300)}`;
}

export function assertValid(part: Part, values: readonly unknown[]): void {
  for (const value of values) assertEquals(wrongWith(part, value), undefined);
}

export function typesOf({ messages }: TestViewer): string[] {
  return [...new Set(messages.map(({ type }) => String(type)))].toSorted();
}

export const FIELDS = [
  "camera",
  "fps",
  "quality",
  "width",
  "format",
  "ack",
  "annotations",
] as const;
