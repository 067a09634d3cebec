import { UsageError } from "../options/usage_error.ts";

/** A place in a file, counted from 1. */
export interface Mark {
  /** From the top. */
  readonly line: number;
  /** From the left. */
  readonly column: number;
}

/** A value in a file, as it was written; variables in it have been replaced. */
export interface FileValue extends Mark {
  /** The words that an option would have been given. */
  readonly text: string;
}

/** A key of a file with what it is set to. */
export interface FileKey extends Mark {
  /** As in the file. */
  readonly name: string;
  /** Several where the option may be repeated. */
  readonly values: readonly FileValue[];
}

/** A camera of a file. */
export interface FileCamera extends Mark {
  /** Its name for viewers. */
  readonly name: string;
  /** Its source, maybe with settings behind it. */
  readonly source: FileValue;
  /** Its own settings. */
  readonly settings: readonly FileKey[];
}

/** A file of all that `serve` takes. */
export interface ConfigFile {
  /** As the user named it. */
  readonly path: string;
  /** The options in it, by name. */
  readonly keys: ReadonlyMap<string, FileKey>;
  /** The cameras, if it has any. */
  readonly cameras: readonly FileCamera[] | undefined;
  /** The environment's variables that it stands on. */
  readonly variables: ReadonlySet<string>;
  /** Its mistakes, as far as they are known. */
  readonly problems: Problems;
}

/** A file that can't be used: each mistake is a line, with its place. */
export class ConfigFileError extends UsageError {}

/** More at once would be read by nobody. */
const MAX_TOLD = 50;

/** The mistakes in a file, told all at once. */
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
   * Ends with those that there are, from top to bottom.
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
    const rest = more > 0 ? [`${this.#path}: and ${more} more mistakes`] : [];
    throw new ConfigFileError([...lines.slice(0, MAX_TOLD), ...rest].join("\n"));
  }
}
