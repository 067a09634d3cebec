import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { whyUnreadable } from "../../protocol/why_unreadable.ts";

/** The files of certificate and key, in PEM. */
export interface TlsFiles {
  /** The certificate, followed by the intermediate ones up to its authority. */
  readonly cert: string;
  /** Its private key. */
  readonly key: string;
}

/** A certificate with its key. */
export interface KeyPair {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** Why clients will refuse it at this time, if they will. */
  readonly problem: string | undefined;
}

/** The first certificate of a file; it may also contain others, and the key. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/s;
const PRIVATE_KEY = /-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----.*?-----END \1-----/s;

/** What the runtime refuses, by its words. */
const REFUSALS: readonly (readonly [RegExp, (files: TlsFiles) => string])[] = [
  [/private key/, ({ key }) =>
    `Cannot use '--key': ${key} has a kind of key that can't be used: ` +
    "make one with RSA of 2048 bits or more, with P-256, or with Ed25519"],
  [
    /CertVersion/,
    ({ cert }) =>
      `Cannot use '--cert': ${cert} is a certificate of version 1, which names no host: ` +
      "make one of version 3, with a subjectAltName",
  ],
];

/** A certificate or its key can't be used; the message names the option and the file. */
export class KeyPairError extends Error {
  /** Discriminates it from other errors. */
  override readonly name = "KeyPairError";
}

/**
 * Reads a certificate and its key.
 *
 * @throws {KeyPairError} with the option whose file can't be used, and the reason
 */
export async function readKeyPair({ cert, key }: TlsFiles, now = new Date()): Promise<KeyPair> {
  const [certText, keyText] = [await read("--cert", cert), await read("--key", key)];
  const certificate = use("--cert", cert, () => new X509Certificate(find(CERTIFICATE, certText)));
  const privateKey = use("--key", key, () => createPrivateKey(find(PRIVATE_KEY, keyText)));
  if (!belongs(certificate, privateKey)) {
    throw new KeyPairError(
      `Cannot use '--key': ${key} is not the key of the certificate in ${cert}`,
    );
  }
  againstRefusal({ cert: certText, key: keyText }, { cert, key });
  return { cert: certText, key: keyText, problem: problemOf(certificate, cert, now) };
}

/**
 * Lets the runtime's TLS look at them: it takes fewer kinds of keys and certificates than
 * `node:crypto`, and a listener that refuses them would end the server.
 */
function againstRefusal(texts: Pick<KeyPair, "cert" | "key">, files: TlsFiles): void {
  try {
    Deno.createHttpClient(texts).close();
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    const [, explain] = REFUSALS.find(([pattern]) => pattern.test(text)) ?? [];
    const message = explain?.(files) ??
      `Cannot use '--cert' ${files.cert} and '--key' ${files.key}: ${text}`;
    throw new KeyPairError(message, { cause });
  }
}

async function read(option: string, path: string): Promise<string> {
  try {
    return (await Deno.readTextFile(path)).replace(/^\ufeff/, "");
  } catch (cause) {
    throw new KeyPairError(`Cannot use '${option}': ${whyUnreadable(cause)} (${path})`, { cause });
  }
}

function find(pattern: RegExp, text: string): string {
  const [found] = text.match(pattern) ?? [];
  if (found === undefined) throw new TypeError("There is none");
  return found;
}

function use<T>(option: string, path: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const what = option === "--cert" ? "certificate" : "private key without a passphrase";
    throw new KeyPairError(`Cannot use '${option}': ${path} contains no ${what} in PEM`, { cause });
  }
}

function belongs(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.checkPrivateKey(key);
  } catch {
    // Of another kind.
    return false;
  }
}

function problemOf(
  { validFrom, validTo }: X509Certificate,
  path: string,
  now: Date,
): string | undefined {
  const [from, to] = [new Date(validFrom), new Date(validTo)];
  if (to < now) return `The certificate in ${path} expired on ${day(to)}: clients will refuse it`;
  if (from > now) {
    return `The certificate in ${path} is valid from ${day(from)} only: clients will refuse it`;
  }
  return undefined;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
