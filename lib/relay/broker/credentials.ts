import { credsAuthenticator } from "@nats-io/nats-core/internal";
import { whyUnreadable } from "../../protocol/why_unreadable.ts";

/**
 * Reads a credentials file, as `nsc` makes them: a JWT and the seed of a key.
 *
 * @returns its content
 * @throws {Error} that says what is wrong with the file, and quotes none of it
 */
export async function readCredentials(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (cause) {
    throw new Error(`Cannot use '--nats-creds' ${path}: ${whyUnreadable(cause)}`, { cause });
  }
  try {
    credsAuthenticator(bytes)("a nonce");
  } catch {
    throw new Error(
      `Cannot use '--nats-creds' ${path}: it must hold a JWT and a seed, as 'nsc generate creds' writes them`,
    );
  }
  return bytes;
}
