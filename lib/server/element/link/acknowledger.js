/** The server limits the rate of commands; one acknowledgement covers all earlier pictures. */
const ACK_EVERY_MS = 25;

/** Tells a server which pictures have been shown, or left out. */
export class Acknowledger {
  #send;
  /** @type {number | null} */
  #arrived = null;
  /** @type {number | null} */
  #taken = null;
  #timer = 0;

  /** @param {(text: string) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /** @param {number | null} sequence */
  arrive(sequence) {
    this.#arrived = sequence;
  }

  /** A picture and all before it are acknowledged: by default up to the last one that arrived. */
  take(sequence = this.#arrived) {
    if (sequence === null || sequence === this.#taken) return;
    this.#taken = sequence;
    if (this.#timer === 0) this.#tell();
  }

  /** Pictures of another kind follow, and may have the same numbers. */
  restart() {
    this.#taken = null;
  }

  /** Another connection starts its own count. */
  forget() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#arrived = this.#taken = null;
  }

  #tell() {
    const sequence = this.#taken;
    this.#send(JSON.stringify({ type: "ack", sequence }));
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      if (this.#taken !== sequence) this.#tell();
    }, ACK_EVERY_MS);
  }
}
