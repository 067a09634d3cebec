import { SourceError } from "../../frame/source_error.ts";
import { fingerprintOf, redactUrl } from "../address.ts";
import { type HttpCredentials, proof } from "./http_credentials.ts";
import { OtherCertificate } from "./other_certificate.ts";
import type { Fetch, PinnedFetch } from "./pinned_fetch.ts";

/** More is a loop. */
const MAX_REDIRECTS = 5;

/** The address gives something other than JPEG pictures, or can't be read here. */
export class NotJpeg extends Error {
  /** Whether it gives MPEG-TS. */
  readonly isTransport: boolean;

  /**
   * @param first the first bytes of the content, if there are any
   */
  constructor(first: Uint8Array = new Uint8Array()) {
    super("not JPEG");
    // Each packet begins with the same byte (ISO/IEC 13818-1, 2.4.3.2).
    this.isTransport = first[0] === SYNC && (first[PACKET_BYTES] ?? SYNC) === SYNC;
  }
}

const SYNC = 0x47;
const PACKET_BYTES = 188;

export interface GetOptions {
  /** Aborts the request and its response. */
  signal: AbortSignal;
  /** Headers besides the credentials. */
  headers?: Readonly<Record<string, string>>;
}

/** Requests one address again and again, with the credentials it needs. */
export class HttpClient implements Disposable {
  readonly #url: URL;
  /** The fingerprint of the only accepted certificate, if one is named. */
  readonly #fingerprint: string | undefined;
  #pinned: Promise<PinnedFetch> | undefined;
  readonly #credentials: HttpCredentials | undefined;
  #challenge: string | undefined;
  #count = 0;

  constructor(url: string) {
    this.#url = new URL(url);
    this.#fingerprint = fingerprintOf(url);
    const { username, password } = this.#url;
    if (username !== "" || password !== "") {
      this.#credentials = { user: decode(username), password: decode(password) };
    }
    this.#url.username = this.#url.password = this.#url.hash = "";
  }

  /** The address, in words that may be shown to anybody. */
  get name(): string {
    return redactUrl(this.#url.href);
  }

  /** Closes the connections that are kept open. */
  [Symbol.dispose](): void {
    this.#pinned?.then((pinned) => pinned[Symbol.dispose](), () => {});
  }

  /**
   * Sends the request.
   *
   * @returns a response that isn't an error: 200, or 304 if that was asked for
   * @throws {SourceError} when there is none
   */
  async get({ signal, headers = {} }: GetOptions): Promise<Response> {
    let url = this.#url;
    for (let redirects = 0, tries = 0; redirects <= MAX_REDIRECTS;) {
      const response = await this.#ask(url, { signal, headers });
      const { status } = response;
      if (response.ok || status === 304) return response;
      await response.body?.cancel().catch(() => {});
      const location = response.headers.get("location");
      const challenge = response.headers.get("www-authenticate");
      if (status >= 300 && status < 400 && location !== null) {
        url = this.#follow(location, url);
        redirects++;
      } else if (status === 401 && challenge && this.#mayAnswer(url) && tries++ < 2) {
        this.#challenge = challenge;
      } else throw this.#refusal(response);
    }
    throw new SourceError(
      "unsupported",
      `can't be shown: ${this.name} redirects too often`,
    );
  }

  /**
   * User and password are only for the host they were written for, and never go from HTTPS to HTTP.
   */
  #mayAnswer({ hostname, protocol }: URL): boolean {
    const own = this.#url;
    const isSafe = protocol === own.protocol || protocol === "https:";
    return this.#credentials !== undefined && hostname === own.hostname && isSafe;
  }

  async #ask(url: URL, { signal, headers }: Required<GetOptions>): Promise<Response> {
    const authorization = this.#credentials && this.#challenge && this.#mayAnswer(url)
      ? await proof(this.#challenge, this.#credentials, { url, count: ++this.#count })
      : undefined;
    try {
      const shown = { ...headers, ...authorization ? { authorization } : {}, accept: "*/*" };
      return await this.#fetch(url, { headers: shown, signal });
    } catch (cause) {
      throw await this.#explain(cause, { url, signal });
    }
  }

  readonly #fetch: Fetch = async (url, init) => {
    if (this.#fingerprint === undefined) return await fetch(url, { ...init, redirect: "manual" });
    this.#pinned ??= pin(this.#fingerprint);
    return await (await this.#pinned).fetch(url, init);
  };

  #follow(location: string, from: URL): URL {
    const url = URL.parse(location, from.href);
    const isPlain = url?.protocol === "http:" && this.#fingerprint === undefined;
    if (url === null || !isPlain && url.protocol !== "https:") {
      throw new SourceError("unsupported", `can't be shown: ${this.name} leads to something else`);
    }
    url.username = url.password = "";
    return url;
  }

  #refusal({ status, statusText }: Response): SourceError {
    const what = this.name;
    if (status === 401 || status === 403) {
      return new SourceError(
        "refused",
        `is not allowed to see ${what}: check user and password in its URL`,
      );
    }
    if (status === 404) {
      return new SourceError("missing", `isn't there: ${what} is not found on that server`);
    }
    return new SourceError(
      "failed",
      `failed (${what}): it answers ${status} ${statusText}`.trimEnd(),
    );
  }

  async #explain(
    cause: unknown,
    { url, signal }: { url: URL; signal: AbortSignal },
  ): Promise<SourceError | NotJpeg> {
    const words = cause instanceof Error ? `${cause.message} ${cause.cause ?? ""}` : String(cause);
    const what = this.name;
    // Browsers need this rule; wscam doesn't.
    if (/port \d+ are blocked/.test(words)) return new NotJpeg();
    if (cause instanceof OtherCertificate) {
      return new SourceError(
        "refused",
        `can't be trusted: ${what} shows another certificate than '#fingerprint' names: ${cause.fingerprint}`,
      );
    }
    if (this.#fingerprint === undefined && /certificate|UnknownIssuer|tls|handshake/i.test(words)) {
      const { shownFingerprint } = await import("./pinned_fetch.ts");
      const fingerprint = await shownFingerprint(url, signal) ?? "SHA256";
      return new SourceError(
        "refused",
        `can't be trusted: nobody vouches for the certificate of ${what}; ` +
          `if it is the camera's own, put '#fingerprint=${fingerprint}' behind its address`,
      );
    }
    if (/refused/i.test(words)) {
      return new SourceError("unreachable", `can't be reached: ${what} refuses connections`);
    }
    if (/lookup|resolve|dns|not known|notfound/i.test(words)) {
      return new SourceError(
        "unreachable",
        `can't be reached: there is no host of that name (${what})`,
      );
    }
    return new SourceError(
      "unreachable",
      `can't be reached: ${what} does not answer as a web server does`,
      {
        cause,
      },
    );
  }
}

/** Node's part of this takes 3 MB, and most cameras have no certificate of their own. */
async function pin(fingerprint: string): Promise<PinnedFetch> {
  const { PinnedFetch } = await import("./pinned_fetch.ts");
  return new PinnedFetch(fingerprint);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
