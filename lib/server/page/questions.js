const ANSWER_LIMIT_MS = 10_000;

/** Commands that were sent to the server and wait for their answers. */
export class Questions {
  /** By their ids, the oldest first. */
  #waiting = new Map();
  #lastId = 0;

  /** Sends a command; resolves to the answer, and rejects with the server's words, or with none where it is silent. */
  ask(command, send) {
    const { promise, resolve, reject } = deferred();
    const id = ++this.#lastId;
    this.#waiting.set(id, { resolve, reject, at: performance.now() });
    send(JSON.stringify({ ...command, id }));
    return promise;
  }

  /** Takes a message that has an id. */
  answer(message) {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    this.#waiting.delete(message.id);
    if (message.type === "error") waiting.reject(new Error(String(message.message ?? "")));
    else waiting.resolve(message);
  }

  /** Waits no longer for answers that should have come by now. */
  forgetUnanswered(now) {
    for (const [id, { reject, at }] of this.#waiting) {
      if (now - at < ANSWER_LIMIT_MS) break;
      this.#waiting.delete(id);
      reject(new Error(""));
    }
  }

  /** No answers come any more. */
  end() {
    for (const { reject } of this.#waiting.values()) reject(new Error(""));
    this.#waiting.clear();
  }
}

/** `Promise.withResolvers()` is too new for some of the phones that look at cameras. */
function deferred() {
  let resolve, reject;
  const promise = new Promise((...both) => [resolve, reject] = both);
  return { promise, resolve, reject };
}
