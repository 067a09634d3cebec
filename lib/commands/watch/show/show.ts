import type { Terminal } from "../../../config/terminal.ts";
import { type CheckedJpeg, checkJpeg } from "../../../jpeg/check_jpeg.ts";
import { type Cells, fit } from "./fit.ts";
import { createPainter, type Painter } from "./painter.ts";
import { openScreen, type Screen } from "./screen.ts";

const CLEAR = "\x1b[0m\x1b[2J";

/** The terminal to show pictures on, and the means. */
export interface ShowOptions extends Terminal {
  /** The ffmpeg that decodes them. */
  ffmpeg: string;
}

/** Pictures on the whole terminal, and a line of text below them. */
export class Show implements AsyncDisposable {
  readonly #painter: Painter;
  readonly #screen: Screen;
  readonly #onGone: () => void;
  readonly #listeners: readonly [Deno.Signal, () => void][];
  #newest: CheckedJpeg | undefined;
  #hasNew = false;
  #line = "";
  #problem: string | undefined;
  #isStopped = false;
  /** The layout of the screen, and its present line. */
  #layout = "";
  #shownLine: string | undefined;
  #work: Promise<void> | undefined;
  #hasWork = false;
  #isGone = false;
  #closing: Promise<void> | undefined;

  /**
   * Takes the terminal.
   *
   * @param onGone called when the terminal is gone
   */
  constructor({ ffmpeg, ...terminal }: ShowOptions, onGone: () => void) {
    this.#onGone = onGone;
    this.#painter = createPainter(terminal, ffmpeg);
    this.#screen = openScreen(this.#painter.end);
    this.#listeners = Deno.build.os === "windows" ? [] : [
      ["SIGWINCH", () => this.#wake()],
      ["SIGTSTP", () => {
        this.#isStopped = true;
        this.#wake();
      }],
    ];
    for (const [name, listener] of this.#listeners) Deno.addSignalListener(name, listener);
  }

  /** Shows a picture, unless a newer one comes before the terminal has taken the last. */
  show(jpeg: Uint8Array<ArrayBuffer>): void {
    try {
      this.#newest = checkJpeg(jpeg);
      this.#hasNew = true;
    } catch (error) {
      this.#problem = messageOf(error);
    }
    this.#wake();
  }

  /** Shows a line of printable text below the picture. */
  tell(line: string): void {
    this.#line = line;
    this.#wake();
  }

  /** Restores the terminal, once it has taken all output. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** As {@linkcode Show.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    for (const [name, listener] of this.#listeners) Deno.removeSignalListener(name, listener);
    await this.#work;
    await this.#painter.close();
    this.#screen.close();
  }

  #wake(): void {
    this.#hasWork = true;
    if (!this.#closing && !this.#isGone) this.#work ??= this.#update();
  }

  /** Writes as long as there is something new. */
  async #update(): Promise<void> {
    try {
      while (this.#hasWork && !this.#closing) {
        this.#hasWork = false;
        if (this.#isStopped) await this.#suspend();
        const text = await this.#next();
        if (text !== "") await this.#screen.write(text);
      }
    } catch {
      this.#isGone = true;
      this.#onGone();
    }
    this.#work = undefined;
  }

  async #suspend(): Promise<void> {
    await this.#screen.suspend();
    this.#isStopped = false;
    this.#layout = "";
  }

  /** The text that updates the screen; empty if it is up to date. */
  async #next(): Promise<string> {
    const { columns, rows } = this.#screen.size();
    const picture = await this.#draw({ columns, rows: rows - 1 });
    const line = this.#problem ?? this.#line;
    if (line === this.#shownLine) return picture;
    this.#shownLine = line;
    return `${picture}\x1b[${rows};1H\x1b[2K${line}`;
  }

  async #draw(area: Cells): Promise<string> {
    const picture = this.#newest;
    const place = picture && area.rows > 0 ? fit(picture, area) : undefined;
    const layout = JSON.stringify([area, place]);
    const isMoved = layout !== this.#layout;
    if (isMoved) {
      this.#layout = layout;
      this.#shownLine = undefined;
      this.#painter.forget();
    }
    const before = isMoved ? this.#painter.end + CLEAR : "";
    if (!picture || !place || !(this.#hasNew || isMoved)) return before;
    this.#hasNew = false;
    try {
      const text = await this.#painter.draw(picture, place);
      this.#problem = undefined;
      return before + text;
    } catch (error) {
      this.#problem = messageOf(error);
      return before;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
