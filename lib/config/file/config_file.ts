import { UsageError } from "../options/usage_error.ts";

/** A place in a file, counted from 1. */
export interface Mark {
  /** From the top. */
  readonly line: number;
  /** From the left. */
  readonly column: number;
}

/** A value in a file, as written; variables in it have been replaced. */
export interface FileValue extends Mark {
  /** The text that an option would have been given. */
  readonly text: string;
}

/** A key of a file, with its values. */
export interface FileKey extends Mark {
  /** As in the file. */
  readonly name: string;
  /** More than one if the option may be repeated. */
  readonly values: readonly FileValue[];
}

/** A camera of a file. */
export interface FileCamera extends Mark {
  /** Its name for viewers. */
  readonly name: string;
  /** Its source, perhaps followed by settings. */
  readonly source: FileValue;
  /** Its own settings. */
  readonly settings: readonly FileKey[];
}

/** A configuration file for `serve`. */
export interface ConfigFile {
  /** As the user named it. */
  readonly path: string;
  /** Its options, by name. */
  readonly keys: ReadonlyMap<string, FileKey>;
  /** Its cameras, if it has any. */
  readonly cameras: readonly FileCamera[] | undefined;
  /** The environment variables it refers to. */
  readonly variables: ReadonlySet<string>;
  /** The mistakes found in it so far. */
  readonly problems: Problems;
}

/** An unusable file: each mistake is a line, with its place. */
export class ConfigFileError extends UsageError {}

/** Nobody would read more at once. */
const MAX_TOLD = 50;

/** The mistakes in a file, reported all at once. */
export class Problems {
  readonly #path: string;
  readonly #found: (Mark & { message: string })[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether there are any. */
  get hasAny(): boolean {
    return this.#found.length > 0;
  }

  /** Adds one: what is wrong, and what was expected. */
  add({ line, column }: Mark, message: string): void {
    this.#found.push({ line, column, message });
  }

  /**
   * Throws the mistakes found so far, from top to bottom.
   *
   * @throws {ConfigFileError}
   */
  throwIfAny(): void {
    if (!this.hasAny) return;
    const sorted = this.#found.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const lines = [
      ...new Set(
        sorted.map(({ line, column, message }) => `${this.#path}:${line}:${column}: ${message}`),
      ),
    ];
    const more = lines.length - MAX_TOLD;
    const rest = more > 0 ? [`${this.#path}: and ${more} further mistakes`] : [];
    throw new ConfigFileError([...lines.slice(0, MAX_TOLD), ...rest].join("\n"));
  }
}
