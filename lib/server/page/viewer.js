import { Connection } from "./connection.js";
import { Screen } from "./screen.js";
import { refusalWords } from "./refusal_texts.js";
import { language, texts } from "./texts.js";

const STALE_AFTER_MS = 2000;
const STALE_AFTER_INTERVALS = 3;
const LONGEST_SERVER_TEXT = 300;
/** What the server says where it has no such camera: its pictures come on another connection, once it is there. */
const NOT_THERE =
  /^Cannot (show camera: (field 'camera'|there is none)|resume: camera .* isn't there)/s;
/** How long the server has for a try before it is asked for the next. */
const TRY_TAKES_MS = 1000;

/**
 * One camera on one image: a connection, a screen, and in which state they are.
 *
 * Options: the `image`; `address()` gives the URL for each try; `camera()` its name, or nothing for the first;
 * `askWhy()` asks the server why it lets us not in; `announcedFps()` is what the server says of its rate; `mayDecode()`;
 * `onState(spoken)`, `onShown`, `onWelcome`, `onRefused(refusal)`.
 */
export class Viewer {
  /** "idle", "connecting", "waiting", "live", "reconnecting" or "refused". */
  state = "idle";
  /** Why the server lets us not in, while refused. */
  refusal = null;
  /** What the server said about the camera, while waiting. */
  reason = "";
  connection;
  screen;
  #options;
  /** When the server opens the camera again, where it told: { name, reason, at, askAt (both performance.now()) }. */
  #nextTry = null;
  #resumedAt = 0;

  constructor(options) {
    this.#options = options;
    this.connection = new Connection({
      address: options.address,
      onOpening: () => options.onState(""),
      onOpen: () => this.#setState("waiting"),
      onLost: () => {
        this.screen.stop();
        this.#setState("reconnecting");
      },
      askWhy: options.askWhy,
      onRefused: (refusal) => {
        this.screen.stop();
        this.refuse(refusal);
        options.onRefused(refusal);
      },
      onWelcome: () => {
        if (this.reason !== "") this.#askStatus();
        options.onWelcome();
      },
      onPicture: (frame) => this.screen.offer(frame),
      onError: (message) => this.#receiveError(message),
    });
    this.screen = new Screen(options.image, {
      mayDecode: options.mayDecode,
      onTaken: ({ sequence }) => this.connection.acknowledge(sequence),
      onShown: () => {
        // One that arrived while nobody looked may have waited for a long time.
        if (performance.now() - this.screen.current.arrivedAt <= this.#staleAfter()) {
          this.#setState("live");
        }
        options.onShown();
      },
    });
  }

  /** Whether the server has no such camera now. */
  get isMissing() {
    return this.state === "waiting" && NOT_THERE.test(this.reason);
  }

  watch() {
    this.screen.stop();
    this.#setState("connecting");
    this.connection.open();
  }

  /** Shows that the server lets us not in; a refusal that is not for good is followed by another try. */
  refuse(refusal) {
    this.refusal = refusal;
    this.#setState("refused");
  }

  leave() {
    this.connection.close();
    this.connection.retryAt = 0;
    this.screen.stop();
    this.#setState("idle");
  }

  setPaused(isPaused) {
    const isResumed = !isPaused && this.connection.isPaused;
    if (isResumed) this.#resumedAt = performance.now();
    this.connection.setPaused(isPaused);
    if (isResumed) this.#distrust();
  }

  /** The page is seen again. */
  comeBack() {
    this.#resumedAt = performance.now();
    // Somebody may have been let in meanwhile, with the token in another tab.
    if (this.state === "refused" && this.refusal.code.startsWith("token-")) this.connection.open();
    else this.connection.hurry();
    this.connection.ping();
    this.#distrust();
    this.screen.refresh();
  }

  /** What was live when nobody looked is not live until the next picture comes. */
  #distrust() {
    const now = performance.now();
    if (this.state !== "live" || this.pictureAge(now) <= this.#staleAfter()) return;
    this.#setState("waiting", "", texts.resuming);
  }

  /** The page is not seen any more: nothing is decoded, and the server must not wait for that. */
  goAway() {
    this.connection.acknowledge();
  }

  tick(now) {
    this.connection.tick(now, this.#usualInterval());
    this.#checkPictures(now);
    this.#followTries(now);
  }

  /** How old pictures were when they came on screen, in ms; null if unknown. */
  get age() {
    const { age } = this.screen;
    return age === null ? null : Math.max(0, Math.round(age + (this.connection.clock.offset ?? 0)));
  }

  /** How old the picture on screen is now, in ms; by its capture time only where the clocks are compared. */
  pictureAge(now) {
    const { offset } = this.connection.clock;
    const { arrivedAt, capturedAt } = this.screen.current;
    const sinceArrival = now - arrivedAt;
    if (offset === null || capturedAt === null) return sinceArrival;
    return Math.max(sinceArrival, Date.now() + offset - capturedAt);
  }

  isStale(now) {
    if (this.screen.current === null) return false;
    return this.state !== "live" || this.pictureAge(now) > this.#staleAfter();
  }

  stateText(now) {
    const { retryAt, openedAt } = this.connection;
    if (this.state === "reconnecting" && retryAt > now) {
      return texts.reconnectingIn(Math.ceil((retryAt - now) / 1000));
    }
    if (this.state === "refused") return refusalWords(language, this.refusal).title;
    if (this.state !== "waiting") return texts[this.state];
    if (this.isMissing) return texts.missing(this.#options.camera());
    if (this.reason !== "" && this.#nextTry !== null) {
      const { name, reason, at } = this.#nextTry;
      return texts.nextTry(name, reason, Math.max(0, Math.ceil((at - now) / 1000)));
    }
    if (this.reason !== "") return texts.waitingFor(this.reason);
    const { current, arrivedAt } = this.screen;
    if (current === null || arrivedAt < openedAt) return texts.waitingFirst;
    return now - this.#resumedAt < this.#staleAfter() ? texts.resuming : texts.waitingNext;
  }

  #setState(next, reason = "", spoken = "") {
    if (next === this.state && reason === this.reason) return;
    this.state = next;
    this.reason = reason;
    if (next !== "live") this.screen.forgetRate();
    if (next !== "waiting") this.#nextTry = null;
    this.#options.onState(spoken || this.#spokenText());
  }

  #spokenText() {
    if (this.state === "refused") return refusalWords(language, this.refusal).title;
    if (this.state !== "waiting") return texts[this.state];
    if (this.isMissing) return texts.missing(this.#options.camera());
    return this.reason && texts.waitingFor(this.reason);
  }

  #receiveError(message) {
    this.screen.stop();
    this.connection.acknowledge();
    this.#setState("waiting", message.slice(0, LONGEST_SERVER_TEXT));
    this.#askStatus();
  }

  /** Asks for the camera's reason and its next try. */
  #askStatus() {
    if (!this.connection.isKnown) return;
    this.connection.ask({ type: "status" }).then((status) => this.#readStatus(status), () => {});
  }

  #readStatus({ cameras }) {
    if (this.state !== "waiting" || !Array.isArray(cameras)) return;
    const own = cameras.find((item) => item?.name === (this.#options.camera() || cameras[0]?.name));
    if (own?.state !== "failed" || typeof own.reason !== "string") return;
    if (!Number.isFinite(own.retry_at)) return;
    const ms = own.retry_at * 1000 - Date.now() - (this.connection.clock.offset ?? 0);
    const now = performance.now();
    const reason = own.reason.slice(0, LONGEST_SERVER_TEXT);
    const askAt = now + Math.max(0, ms) + TRY_TAKES_MS;
    this.#nextTry = { name: own.name, reason, at: now + ms, askAt };
    this.#options.onState("");
  }

  /** Each try that fails has another one after it. */
  #followTries(now) {
    if (this.state !== "waiting" || this.#nextTry === null || now < this.#nextTry.askAt) return;
    this.#nextTry.askAt = now + TRY_TAKES_MS;
    this.#askStatus();
  }

  /** The usual time between pictures in ms: as measured, or else as the server announced; 0 if unknown. */
  #usualInterval() {
    const { interval } = this.screen;
    if (interval > 0) return interval;
    const fps = this.#options.announcedFps();
    return fps > 0 ? 1000 / fps : 0;
  }

  #staleAfter() {
    return Math.max(STALE_AFTER_MS, STALE_AFTER_INTERVALS * this.#usualInterval());
  }

  #checkPictures(now) {
    if (this.state !== "live" || !this.#options.mayDecode() || this.connection.isPaused) return;
    const since = Math.max(this.screen.arrivedAt ?? 0, this.#resumedAt);
    if (now - since > this.#staleAfter()) this.#setState("waiting", "", texts.waitingNext);
  }
}
