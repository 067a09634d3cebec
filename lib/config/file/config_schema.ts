import { ALL_SETTINGS, type Setting } from "../../frame/capture.ts";
import type { Form, Kind } from "../../protocol/kind.ts";
import type { Option } from "../options/option.ts";
import { FILE_OPTIONS } from "../options/options.ts";

/** The parts of JSON Schema that are used here. */
export type Schema = Readonly<Record<string, unknown>>;

/** A variable's value is known only when the file is read. */
const VARIABLE: Schema = { type: "string", pattern: "\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}" };

/**
 * The JSON Schema of a file for `--config`, generated from the table of options: editors use it to
 * check and complete.
 */
export function configSchema(): Schema {
  const source = { type: ["string", "integer"], description: "where the pictures come from" };
  const settings = Object.fromEntries(ALL_SETTINGS.map((each) => [each.name, settingSchema(each)]));
  const camera = {
    type: "object",
    required: ["source"],
    additionalProperties: false,
    properties: { source, ...settings },
  };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "wscam --config",
    type: "object",
    additionalProperties: false,
    properties: {
      cameras: {
        description:
          "each camera's name, with its source or with its source and settings of its own",
        type: "object",
        minProperties: 1,
        additionalProperties: { anyOf: [source, camera] },
      },
      ...Object.fromEntries(FILE_OPTIONS.map((option) => [option.name, optionSchema(option)])),
    },
  };
}

function settingSchema({ help, kind, none }: Setting<unknown>): Schema {
  return { description: help, anyOf: valueSchemas(kind, none) };
}

function optionSchema({ name, help, value, kind, repeat }: Option): Schema {
  if (value === undefined) return { description: help, type: "boolean" };
  const none = ALL_SETTINGS.find((setting) => setting.name === name)?.none;
  if (kind) return { description: help, anyOf: valueSchemas(kind, none) };
  const text = { type: ["string", "number"] };
  return { description: help, anyOf: repeat ? [text, { type: "array", items: text }] : [text] };
}

function valueSchemas({ form }: Kind<unknown>, none: string | undefined): Schema[] {
  return [formSchema(form), ...(none === undefined ? [] : [{ const: none }]), VARIABLE];
}

function formSchema(form: Form): Schema {
  switch (form.type) {
    case "number":
    case "integer":
      return { type: form.type, minimum: form.min, maximum: form.max };
    case "word":
      return { enum: form.words.map((word) => /^\d+$/.test(word) ? Number(word) : word) };
    case "size":
      return { type: "string", pattern: "^\\d{1,5}[xX×]\\d{1,5}$" };
    case "switch":
      return { type: "boolean" };
    case "text":
      return { type: "string" };
  }
}
