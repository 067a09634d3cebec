import {
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLParseError,
  type YAMLWarning,
} from "yaml";
import { ALL_SETTINGS } from "../../frame/capture.ts";
import { quote } from "../../protocol/quote.ts";
import { nearest } from "../options/nearest.ts";
import { FILE_OPTIONS } from "../options/options.ts";
import type { Environment } from "../options/read_options.ts";
import {
  type ConfigFile,
  type FileCamera,
  type FileKey,
  type FileValue,
  type Mark,
  Problems,
} from "./config_file.ts";
import { interpolate } from "./interpolate.ts";

/** More cameras would fit on no page. */
const MAX_CAMERAS = 1000;
/** The message for a file that is nested deeper than the parser can follow. */
const TOO_DEEP = "this is nested too deeply, three levels were expected";

/** Simpler words for the parser's errors. */
const WORDS: Partial<Record<ErrorCode, string>> = {
  DUPLICATE_KEY: "this key is here twice, each was expected once",
  MULTIPLE_DOCS: "another document begins here, one was expected",
  TAB_AS_INDENT: "this is indented by a tab, spaces were expected",
};

/** The input of the parser, and its tools. */
export interface ParseConfigOptions {
  /** As the user named it. */
  path: string;
  /** Looks up `${NAME}`. */
  env: Environment;
  /** Gathers mistakes. */
  problems: Problems;
}

/** Parses the YAML of a file. Aliases are resolved only for single values. */
export function parseConfig(text: string, options: ParseConfigOptions): ConfigFile {
  return new Parser(text, options).parse();
}

class Parser {
  readonly #lines = new LineCounter();
  readonly #document: ReturnType<typeof parseDocument>;
  readonly #options: ParseConfigOptions;
  readonly #variables = new Set<string>();

  constructor(text: string, options: ParseConfigOptions) {
    this.#options = options;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const { pos: [at], code, message } of this.#faults()) {
      const isDeep = /stack/i.test(message);
      const what = isDeep ? TOO_DEEP : WORDS[code] ?? `${firstLine(message)}, YAML was expected`;
      options.problems.add(this.#markAt(at), what);
    }
  }

  parse(): ConfigFile {
    const { path, problems } = this.#options;
    const keys = new Map<string, FileKey>();
    let cameras: FileCamera[] | undefined;
    const names = ["cameras", ...FILE_OPTIONS.map(({ name }) => name)];
    const { contents } = this.#document;
    // YAML's own errors were reported before.
    if (contents !== null && !problems.hasAny) {
      for (const { name, mark, value } of this.#pairs(contents, "the options' names")) {
        if (name === "cameras") cameras = this.#cameras(value, mark);
        else if (names.includes(name)) keys.set(name, this.#key(name, mark, value));
        else problems.add(mark, unknown(name, names));
      }
    }
    return { path, keys, cameras, variables: this.#variables, problems };
  }

  #faults(): (YAMLParseError | YAMLWarning)[] {
    return [...this.#document.errors, ...this.#document.warnings];
  }

  #cameras(node: Node | null, mark: Mark): FileCamera[] {
    const pairs = [...this.#pairs(node, "cameras' names", mark)];
    const { problems } = this.#options;
    if (pairs.length === 0 && !problems.hasAny) {
      problems.add(mark, "'cameras' is empty, NAME: SOURCE was expected");
    }
    if (pairs.length > MAX_CAMERAS) {
      problems.add(mark, `'cameras' has ${pairs.length}, at most ${MAX_CAMERAS} were expected`);
      return [];
    }
    return pairs.flatMap(({ name, mark, value }) => this.#camera(name, mark, value) ?? []);
  }

  #camera(name: string, mark: Mark, node: Node | null): FileCamera | undefined {
    const resolved = this.#resolve(node);
    if (!isMap(resolved)) {
      const [source] = this.#values(`cameras.${name}`, mark, node);
      return source && { ...mark, name, source, settings: [] };
    }
    const settings: FileKey[] = [];
    let source: FileValue | undefined;
    let isNamed = false;
    const names = ["source", ...ALL_SETTINGS.map((setting) => setting.name)];
    for (const pair of this.#pairs(resolved, "a camera's settings")) {
      if (pair.name === "source") {
        isNamed = true;
        [source] = this.#values("source", pair.mark, pair.value);
      } else if (names.includes(pair.name)) {
        settings.push(this.#key(pair.name, pair.mark, pair.value));
      } else this.#options.problems.add(pair.mark, unknown(pair.name, names));
    }
    if (!isNamed) {
      this.#options.problems.add(
        mark,
        `camera ${quote(name)} has no source, 'source' was expected`,
      );
    }
    return source && { ...mark, name, source, settings };
  }

  #key(name: string, mark: Mark, node: Node | null): FileKey {
    const repeats = FILE_OPTIONS.some((option) => option.name === name && option.repeat);
    return { ...mark, name, values: this.#values(name, mark, node, repeats) };
  }

  /** The value of a key, or a list of values if it may be repeated. */
  #values(name: string, mark: Mark, node: Node | null, repeats = false): FileValue[] {
    const resolved = this.#resolve(node);
    if (repeats && isSeq(resolved)) {
      return resolved.items.flatMap((item) => this.#scalar(name, mark, item as Node | null) ?? []);
    }
    return [this.#scalar(name, mark, node) ?? []].flat();
  }

  #scalar(name: string, mark: Mark, node: Node | null): FileValue | undefined {
    const { problems, env } = this.#options;
    const at = this.#markOf(node) ?? mark;
    const resolved = this.#resolve(node);
    if (!isScalar(resolved) || resolved.value === null || resolved.value === "") {
      const what = resolved === null || isScalar(resolved) ? "is empty" : "is a list or a map";
      problems.add(at, `'${name}' ${what}, one value was expected`);
      return undefined;
    }
    // As written: the same digits that an option would be given.
    const written = typeof resolved.value === "string" ? resolved.value : resolved.source;
    try {
      const text = interpolate((written ?? "").replace(/\n$/, ""), {
        env,
        onVariable: (variable) => this.#variables.add(variable),
      });
      return { ...at, text };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.add(at, `'${name}' ${error.message}`);
      return undefined;
    }
  }

  *#pairs(
    node: Node | null,
    expected: string,
    mark: Mark = { line: 1, column: 1 },
  ): Generator<{ name: string; mark: Mark; value: Node | null }> {
    const { problems } = this.#options;
    const resolved = this.#resolve(node);
    if (!isMap(resolved)) {
      const at = this.#markOf(node) ?? mark;
      problems.add(at, `this is not a map of keys to values, ${expected} were expected`);
      return;
    }
    for (const { key, value } of resolved.items) {
      const at = this.#markOf(key as Node) ?? mark;
      if (!isScalar(key) || key.value === null) {
        problems.add(at, `this is not a key, ${expected} were expected`);
        continue;
      }
      const name = typeof key.value === "string" ? key.value : key.source ?? "";
      yield { name, mark: at, value: value as Node | null };
    }
  }

  #resolve(node: Node | null): Node | null {
    return isAlias(node) ? node.resolve(this.#document) ?? null : node;
  }

  #markOf(node: Node | null): Mark | undefined {
    const [at] = node?.range ?? [];
    return at === undefined ? undefined : this.#markAt(at);
  }

  #markAt(offset: number): Mark {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

function unknown(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const expected = near === undefined
    ? `one of ${known.join(", ")} was expected`
    : `did you mean '${near}'?`;
  return `${quote(name)} is not a key here, ${expected}`;
}

function firstLine(message: string): string {
  return message.split("\n")[0]?.replace(/[.:]$/, "") ?? message;
}
