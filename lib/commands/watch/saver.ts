import type { Picture, ViewerEvent } from "../../client/viewer.ts";
import { isFilm } from "../../config/commands/watch_config.ts";
import { Film } from "./film.ts";

/** Saves what arrives: each picture as a file in a folder, or all of them as a film. */
export class Saver {
  readonly #to: string;
  readonly #film: Film | undefined;
  #count = 0;

  /**
   * Saves nothing yet.
   *
   * @param to a folder, or a film's path
   */
  constructor(to: string) {
    this.#to = to;
    this.#film = isFilm(to) ? new Film(to) : undefined;
  }

  /**
   * Creates the folder, if it is one.
   *
   * @throws {Error} when that fails
   */
  async begin(): Promise<void> {
    if (this.#film === undefined) {
      await this.#saving(() => Deno.mkdir(this.#to, { recursive: true }));
    }
  }

  /**
   * Saves a picture or a part of a film; ignores everything else.
   *
   * @throws {Error} when that fails
   */
  async take(event: ViewerEvent): Promise<void> {
    const film = this.#film;
    if (film !== undefined) {
      if (event.type === "start") await this.#saving(() => film.begin(event.bytes));
      if (event.type === "fragment") await this.#saving(() => film.add(event.bytes));
    } else if (event.type === "picture") {
      await this.#saving(() => savePicture(event, `${this.#to}/${nameOf(event, ++this.#count)}`));
    }
  }

  /** Says where saving failed. */
  async #saving(save: () => Promise<void>): Promise<void> {
    try {
      await save();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Cannot save to '${this.#to}': ${reason}`, { cause });
    }
  }
}

function nameOf({ timestamp }: Picture, count: number): string {
  // Windows doesn't allow colons in names.
  const time = new Date(timestamp * 1000).toISOString().replaceAll(":", "-");
  return `${String(count).padStart(6, "0")}_${time}.jpg`;
}

async function savePicture({ jpeg }: Picture, path: string): Promise<void> {
  try {
    await Deno.writeFile(path, jpeg);
  } catch (error) {
    // After a full disk, a part of the file is left.
    await Deno.remove(path).catch(() => {});
    throw error;
  }
}
