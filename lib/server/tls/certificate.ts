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
  const certificate = use("--cert", cert, () => new X509Certificate(certText));
  const privateKey = use("--key", key, () => createPrivateKey(keyText));
  if (!belongs(certificate, privateKey)) {
    throw new KeyPairError(
      `Cannot use '--key': ${key} is not the key of the certificate in ${cert}`,
    );
  }
  return { cert: certText, key: keyText, problem: problemOf(certificate, cert, now) };
}

async function read(option: string, path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new KeyPairError(`Cannot use '${option}': ${whyUnreadable(cause)} (${path})`, { cause });
  }
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
