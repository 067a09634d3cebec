/**
 * Command line arguments as `@std/cli/parse-args` reads them, as far as wscam uses it: no
 * `negatable`, `default` or `"--"`, and lists of names instead of single ones.
 *
 * Not over `parseArgs` of `node:util`: with undeclared options it takes `-c=a-b` apart into letters,
 * one of which it then reads as `--`, the end of the options.
 *
 * @module
 */
import type { Args, ParseOptions } from "./parse_options.ts";

export type { Args, ParseOptions };

/** A positional argument, or an option's value before it is known whether it is a string. */
type Value = string | number | boolean;

/**
 * Reads command line arguments: `--key value`, `--key=value`, `-k value`, `-kvalue` where the value
 * is a number or starts with a sign, `-k=value`, `-abc` for three options at once. An option
 * that lacks its value is `""` if a string, else `true`. The first `--` ends the options.
 *
 * ```ts
 * import { parseArgs } from "@std/cli/parse-args";
 * import { assertEquals } from "@std/assert";
 *
 * const args = parseArgs(["serve", "--port=80", "-c", "0", "-c", "test"], {
 *   string: ["_", "port", "camera"],
 *   collect: ["camera"],
 *   alias: { c: "camera" },
 * });
 * assertEquals(args._, ["serve"]);
 * assertEquals(args.port, "80");
 * assertEquals(args.camera, ["0", "test"]);
 * ```
 *
 * @param args The arguments, without the program's name.
 * @param options Which options there are.
 * @returns The options by name, and the positional arguments under `_`.
 */
export function parseArgs<
  TBoolean extends string = never,
  TString extends string = never,
  TCollect extends TString = never,
>(
  args: string[],
  options: ParseOptions<TBoolean, TString, TCollect> = {},
): Args<TBoolean, TString, TCollect> {
  const end = args.indexOf("--");
  const parser = new Parser(options, end === -1 ? args : args.slice(0, end));
  const parsed = parser.parse(end === -1 ? [] : args.slice(end + 1));
  // Every name of the type is set or may be missing; the type system can't follow the loop.
  return parsed as unknown as Args<TBoolean, TString, TCollect>;
}

class Parser {
  #result: Record<string, unknown> = {};
  #positional: (string | number)[] = [];
  #args: string[];
  #aliases: Map<string, Set<string>>;
  #boolean: Set<string>;
  #string: Set<string>;
  #collect: Set<string>;
  #unknown: (arg: string, key?: string, value?: unknown) => unknown;

  constructor(options: ParseOptions, args: string[]) {
    const { boolean = [], string = [], collect = [], alias = {} } = options;
    this.#args = args;
    this.#aliases = aliasesBothWays(alias);
    this.#boolean = this.#withAliases(boolean);
    this.#string = this.#withAliases(string);
    this.#collect = this.#withAliases(collect);
    this.#unknown = options.unknown ?? (() => true);
  }

  parse(rest: readonly string[]): Record<string, unknown> {
    let at = 0;
    while (at < this.#args.length) {
      const arg = this.#args[at++] ?? "";
      if (arg.startsWith("--") && arg.length > 2) {
        at += this.#long(arg, this.#args[at]);
      } else if (arg.startsWith("-") && arg.length > 1) {
        at += this.#short(arg, this.#args[at]);
      } else {
        this.#positionalArgument(arg);
      }
    }
    this.#positional.push(...rest);
    for (const key of this.#boolean) this.#setDefault(key, this.#collect.has(key) ? [] : false);
    for (const key of this.#string) if (this.#collect.has(key)) this.#setDefault(key, []);
    return { ...this.#result, _: this.#positional };
  }

  /** Reads `--key` or `--key=value`; returns how many of the next arguments were its value. */
  #long(arg: string, next: string | undefined): number {
    // "no-" belongs to the name only where no value follows, as in the real package.
    const negated = arg.startsWith("--no-") && arg.length > 5;
    const body = arg.slice(negated ? 5 : 2);
    const equals = body.indexOf("=", 1);
    if (equals !== -1 && equals < body.length - 1) {
      const key = body.slice(0, equals);
      const value = body.slice(equals + 1);
      this.#set(key, this.#boolean.has(key) ? value !== "false" : value, arg);
      return 0;
    }
    const key = negated ? `no-${body}` : body;
    return this.#setFromNext(key, arg, { next, taken: !next?.startsWith("-") });
  }

  /** Reads `-k`, `-k=value`, `-k80` or `-abc`; returns how many of the next arguments it took. */
  #short(arg: string, next: string | undefined): number {
    const last = arg.length - 1;
    for (let i = 1; i < last; i++) {
      const letter = arg.charAt(i);
      const attached = attachedValue(letter, { rest: arg.slice(i + 1), last: i + 1 === last });
      if (attached !== undefined) {
        this.#set(letter, attached, arg);
        // A final "-" is a value, and no option of its own.
        return 0;
      }
      this.#set(letter, this.#string.has(letter) ? "" : true, arg);
    }
    const key = arg.charAt(last);
    if (key === "-") return 0;
    const taken = next !== undefined && !/^--?[^-]/.test(next);
    return this.#setFromNext(key, arg, { next, taken });
  }

  /** Sets an option that has no value attached to it: from the next argument where that may be. */
  #setFromNext(
    key: string,
    arg: string,
    { next, taken }: { next: string | undefined; taken: boolean },
  ): 0 | 1 {
    if (next && taken && !this.#isBoolean(key)) {
      this.#set(key, next, arg);
      return 1;
    }
    if (next === "true" || next === "false") {
      this.#set(key, next === "true", arg);
      return 1;
    }
    this.#set(key, this.#string.has(key) ? "" : true, arg);
    return 0;
  }

  #positionalArgument(arg: string): void {
    if (this.#unknown(arg) === false) return;
    this.#positional.push(this.#string.has("_") ? arg : numberOr(arg));
  }

  #set(key: string, value: Value, arg: string): void {
    const known = [this.#boolean, this.#string, this.#collect, this.#aliases];
    if (!known.some((names) => names.has(key)) && this.#unknown(arg, key, value) === false) return;
    const typed = typeof value === "string" && !this.#string.has(key) ? numberOr(value) : value;
    const collected = this.#collect.has(key);
    for (const name of [key, ...this.#aliases.get(key) ?? []]) this.#store(name, typed, collected);
  }

  #store(name: string, value: Value, collected: boolean): void {
    if (name === "_") {
      throw new TypeError("Cannot parse arguments: an option must not be named '_'");
    }
    const { owner, field } = locate(this.#result, name);
    const before = owner[field];
    if (!collected) owner[field] = value;
    else if (Array.isArray(before)) before.push(value);
    else owner[field] = before ? [before, value] : [value];
  }

  #setDefault(name: string, value: boolean | never[]): void {
    const { owner, field } = locate(this.#result, name);
    if (!Object.hasOwn(owner, field)) owner[field] = value;
  }

  #isBoolean(key: string): boolean {
    return this.#boolean.has(key) ||
      [...this.#aliases.get(key) ?? []].some((name) => this.#boolean.has(name));
  }

  #withAliases(names: readonly string[]): Set<string> {
    return new Set(names.flatMap((name) => [name, ...this.#aliases.get(name) ?? []]));
  }
}

/** The value that stands behind a letter in the same argument, if one does. */
function attachedValue(
  letter: string,
  { rest, last }: { rest: string; last: boolean },
): string | undefined {
  if (rest === "-") return rest;
  if (/[A-Za-z]/.test(letter)) {
    const assigned = /=(.+)/.exec(rest)?.[1];
    if (assigned !== undefined) return assigned;
    if (/-?\d+(\.\d*)?(e-?\d+)?$/.test(rest)) return rest;
  }
  return !last && /^\W/.test(rest) ? rest : undefined;
}

/** Finds the place of a name: `a.b` is `b` within `a`, as in the real package. */
function locate(
  root: Record<string, unknown>,
  name: string,
): { owner: Record<string, unknown>; field: string } {
  const path = name.split(".");
  const field = path.pop() ?? "";
  let owner = root;
  for (const step of path) {
    // Own fields only: `--__proto__.x` must not reach what all objects share.
    if (!Object.hasOwn(owner, step)) owner[step] = {};
    owner = owner[step] as Record<string, unknown>;
  }
  return { owner, field };
}

function aliasesBothWays(
  alias: Readonly<Record<string, string | string[]>>,
): Map<string, Set<string>> {
  const map = new Map<string, Set<string>>();
  for (const [key, names] of Object.entries(alias)) {
    const all = [key, ...(Array.isArray(names) ? names : [names])];
    for (const name of all) map.set(name, new Set(all.filter((other) => other !== name)));
  }
  return map;
}

function numberOr(text: string): string | number {
  return /\S/.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
}
