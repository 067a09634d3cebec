import { Acknowledger } from "./acknowledger.js";
import { isJpeg, parseFields, readFile, readImage } from "./message.js";
import { Pulse } from "./pulse.js";
import { CommandError, Questions } from "./questions.js";
import { CONNECT_LIMIT_MS, reconnectDelayMs } from "./reconnect.js";
import { finalRefusal } from "./refusal.js";
import { Silence } from "./silence.js";

/** The server closes with this code when the page's share link expires. */
const LINK_ENDED = 4401;

/** @import { Frame } from "./message.js" */
/** @import { Answer } from "./questions.js" */
/** @import { Refusal } from "./refusal.js" */

/**
 * Callbacks for events on a connection.
 *
 * @typedef {object} ConnectionEvents
 * @property {() => string} address the URL of each try
 * @property {() => Promise<Refusal | null>} askWhy the reason of a handshake that failed
 * @property {() => void} onOpening
 * @property {() => void} onOpen
 * @property {() => void} onLost
 * @property {(refusal: Refusal) => void} onRefused somebody is there and lets us not in
 * @property {() => void} onWelcome the server turns out to know commands
 * @property {(frame: Frame) => void} onPicture
 * @property {(message: Readonly<Record<string, unknown>>) => void} onVideo H.264 follows
 * @property {(bytes: Uint8Array<ArrayBuffer>) => void} onSegment
 * @property {(message: Readonly<Record<string, unknown>>) => void} onAnnotation
 * @property {(words: string) => void} onError called for errors that answer no command, and if pictures can't be resumed
 */

/** A WebSocket that reconnects whenever it is lost, with answers to commands and a clock. */
export class Connection {
  /** When the socket was opened, by performance.now(). */
  openedAt = 0;
  /** When the next attempt is due, by performance.now(); 0 while there is a socket. */
  retryAt = 0;
  #events;
  /** @type {WebSocket | null} */
  #socket = null;
  #failures = 0;
  /** Distinguishes this attempt from late events of earlier ones. */
  #run = 0;
  #retryTimer = 0;
  #silence = new Silence();
  #pulse = new Pulse({ ask: (command) => this.ask(command), onAnswered: () => this.#welcome() });
  #questions = new Questions();
  #isPaused = false;
  #isVideo = false;
  #acknowledger = new Acknowledger((text) => this.isOpen && this.#socket?.send(text));

  /** @param {ConnectionEvents} events */
  constructor(events) {
    this.#events = events;
  }

  /** The server's clock. */
  get clock() {
    return this.#pulse.clock;
  }

  /** Whether the server answers commands; the Python service knows none. */
  get isKnown() {
    return this.#pulse.isAnswered;
  }

  /** Whether messages can be sent. */
  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Whether the server has had time to answer a ping, and has not. */
  get isDeaf() {
    return this.isOpen && this.#pulse.isUnanswered;
  }

  open() {
    this.close();
    this.#failures = 0;
    this.#dial();
  }

  close() {
    this.#run++;
    clearTimeout(this.#retryTimer);
    this.#acknowledger.forget();
    this.#questions.end();
    this.#pulse.end();
    if (this.#socket === null) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  /** Shortens the wait for the next attempt. */
  hurry() {
    if (this.retryAt === 0) return;
    clearTimeout(this.#retryTimer);
    this.#dial();
  }

  /**
   * Sends a command; resolves to the answer, and rejects with a `CommandError`.
   *
   * @param {object} command
   * @returns {Promise<Answer>}
   */
  ask(command) {
    if (!this.isOpen) return Promise.reject(new CommandError());
    return this.#questions.ask(command, (text) => this.#socket?.send(text));
  }

  /**
   * Pauses or resumes the pictures; that persists when the connection is lost.
   *
   * @param {boolean} isPaused
   */
  setPaused(isPaused) {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (!this.isKnown) return;
    this.ask({ type: isPaused ? "pause" : "resume" }).catch((error) => {
      if (error.message !== "") this.#events.onError(error.message);
    });
  }

  get isPaused() {
    return this.#isPaused;
  }

  /**
   * Acknowledges a picture and all before it: by default up to the last one that arrived.
   *
   * @param {number | null} [sequence]
   */
  acknowledge(sequence) {
    if (this.isOpen) this.#acknowledger.take(sequence);
  }

  /**
   * To be called frequently: pings, and gives up a dead connection.
   *
   * @param {number} now
   * @param {number} usualInterval between pictures, in ms
   */
  tick(now, usualInterval) {
    this.#questions.forgetUnanswered(now);
    this.#checkSilence(now, usualInterval);
    if (this.isOpen) this.#pulse.tick(now);
  }

  /** Asks for the server's time. */
  ping() {
    if (this.isOpen) this.#pulse.ping();
  }

  #welcome() {
    if (this.#isPaused) this.ask({ type: "pause" }).catch(() => {});
    this.#events.onWelcome();
  }

  #dial() {
    this.#run++;
    this.retryAt = 0;
    this.openedAt = performance.now();
    this.#silence.hear();
    const socket = this.#createSocket();
    if (socket === null) return;
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    let wasOpen = false;
    socket.onopen = () => {
      wasOpen = true;
      this.#silence.hear();
      this.#events.onOpen();
      this.#pulse.begin();
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code }) => {
      if (code === LINK_ENDED) this.#refuse(finalRefusal("link-ended"));
      else {
        this.#reconnectLater();
        if (!wasOpen) this.#findOut();
      }
    };
    this.#events.onOpening();
  }

  #createSocket() {
    try {
      return new WebSocket(this.#events.address());
    } catch {
      this.#events.onRefused(finalRefusal("mixed-content"));
      return null;
    }
  }

  /** @param {Refusal} refusal */
  #refuse(refusal) {
    this.close();
    this.#retryAfter(refusal.retryMs);
    this.#events.onRefused(refusal);
  }

  #reconnectLater() {
    this.close();
    const delay = reconnectDelayMs(this.#failures++);
    this.#retryAfter(delay);
    this.#events.onLost();
  }

  /** @param {number} ms */
  #retryAfter(ms) {
    this.retryAt = ms === Infinity ? 0 : performance.now() + ms;
    if (ms !== Infinity) this.#retryTimer = setTimeout(() => this.#dial(), ms);
  }

  /**
   * Asks why a handshake failed. The next attempt waits for the answer, since there may be no point
   * in one.
   */
  async #findOut() {
    const run = ++this.#run;
    clearTimeout(this.#retryTimer);
    const refusal = await this.#events.askWhy();
    if (run !== this.#run) return;
    // A server that has just come back answers this after it refused the WebSocket.
    const isNews = refusal !== null && (refusal.code !== "no-websocket" || this.#failures > 1);
    if (isNews) this.#refuse(refusal);
    else this.#retryAfter(Math.max(0, this.retryAt - performance.now()));
  }

  /** @param {unknown} data */
  #receive(data) {
    const message = typeof data === "string" ? parseFields(data) : null;
    if (typeof data === "string" && message === null) return;
    this.#silence.hear();
    this.#failures = 0;
    if (data instanceof ArrayBuffer) this.#receiveFile(new Uint8Array(data));
    if (message === null) return;
    if (message.type === "image") this.#take(readImage(message));
    else if (message.type === "video") this.#events.onVideo(message);
    else if (message.type === "annotation") this.#events.onAnnotation(message);
    else if (message.id !== undefined) this.#questions.answer(message);
    else if (message.type === "error" && typeof message.message === "string") {
      this.#events.onError(message.message);
    }
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  #receiveFile(bytes) {
    const isVideo = !isJpeg(bytes);
    if (isVideo !== this.#isVideo) this.#acknowledger.restart();
    this.#isVideo = isVideo;
    if (isVideo) this.#events.onSegment(bytes);
    else this.#take(readFile(bytes));
  }

  /** @param {Frame | null} frame */
  #take(frame) {
    if (frame === null) return;
    this.#acknowledger.arrive(frame.sequence);
    this.#events.onPicture(frame);
  }

  /**
   * @param {number} now
   * @param {number} usualInterval
   */
  #checkSilence(now, usualInterval) {
    const isTooLong = this.#silence.isTooLong(now, { isAnswering: this.isKnown, usualInterval });
    if (this.#socket === null) return;
    const isConnecting = this.#socket.readyState === WebSocket.CONNECTING;
    const isDead = isConnecting ? now - this.openedAt > CONNECT_LIMIT_MS : isTooLong;
    if (isDead) this.#reconnectLater();
  }
}
