const ANSWER_LIMIT_MS = 10_000;

/**
 * A server's answer to a command.
 *
 * @typedef {Readonly<Record<string, unknown>>} Answer
 */

/**
 * A server's refusal of a command. It has no text if the server was silent or the connection was
 * lost.
 */
export class CommandError extends Error {
  /** The server's code for the reason, if it gave one: `busy`. */
  code;

  /**
   * @param {string} [words]
   * @param {unknown} [code]
   */
  constructor(words = "", code) {
    super(words);
    this.code = typeof code === "string" ? code : "";
  }
}

/** Commands that were sent and wait for their answers. */
export class Questions {
  /**
   * By id, the oldest first.
   *
   * @type {Map<unknown, { resolve: (answer: Answer) => void, reject: (error: CommandError) => void, at: number }>}
   */
  #waiting = new Map();
  #lastId = 0;

  /**
   * Sends a command; resolves to the answer, and rejects with a `CommandError`.
   *
   * @param {object} command
   * @param {(text: string) => void} send
   * @returns {Promise<Answer>}
   */
  ask(command, send) {
    // `Promise.withResolvers()` is too new for some phones.
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject, at: performance.now() });
      send(JSON.stringify({ ...command, id }));
    });
  }

  /**
   * Takes a message with an id.
   *
   * @param {Answer} message
   */
  answer(message) {
    const { id, type, message: words, code } = message;
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    if (type === "error") waiting.reject(new CommandError(String(words ?? ""), code));
    else waiting.resolve(message);
  }

  /**
   * Gives up answers that should have come by now.
   *
   * @param {number} now
   */
  forgetUnanswered(now) {
    for (const [id, { reject, at }] of this.#waiting) {
      if (now - at < ANSWER_LIMIT_MS) break;
      this.#waiting.delete(id);
      reject(new CommandError());
    }
  }

  /** No more answers will come. */
  end() {
    for (const { reject } of this.#waiting.values()) reject(new CommandError());
    this.#waiting.clear();
  }
}
