export interface PayloadLimitOptions {
  /** The server's address, without passwords. */
  broker: string;
  /** Called with what to do, in words that follow the camera's name; once for each limit. */
  onOversize: (remedy: string) => void;
}

/** More than NATS's headers take. */
const HEADER_BYTES = 512;
/** Edges are told when no picture has fitted for this long. */
const OVERSIZE_MS = 3000;

/** Tells by their size which pictures a broker accepts. */
export class PayloadLimit {
  readonly #options: PayloadLimitOptions;
  #fittedAt = -Infinity;
  #problem: string | undefined;
  #warnedOf: number | undefined;

  constructor(options: PayloadLimitOptions) {
    this.#options = options;
  }

  /** Why no pictures come, in words that follow the camera's name; `undefined` while some fit. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * Whether a picture fits.
   *
   * @param bytes its size
   * @param maxPayload the broker's limit, in bytes
   */
  fits(bytes: number, maxPayload: number): boolean {
    const now = performance.now();
    if (bytes + HEADER_BYTES <= maxPayload) {
      this.#fittedAt = now;
      this.#problem = undefined;
      return true;
    }
    const { broker, onOversize } = this.#options;
    const remedy = `has pictures of ${kilobytes(bytes)} and the broker ${broker} takes ` +
      `${kilobytes(maxPayload)}: raise 'max_payload' in nats-server's configuration, or take a ` +
      "lower '--quality' or '--resolution'";
    if (this.#warnedOf !== maxPayload) onOversize(remedy);
    this.#warnedOf = maxPayload;
    // It is not an outage while most pictures fit.
    if (now - this.#fittedAt > OVERSIZE_MS) this.#problem ??= remedy;
    return false;
  }
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}
