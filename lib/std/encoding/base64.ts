/**
 * Base64 as in `@std/encoding/base64`, done by the platform. The alphabet is the one of RFC 4648,
 * section 4.
 *
 * @module
 */

const PAD = "=".charCodeAt(0);

/**
 * Encodes bytes, or the UTF-8 of a string, with padding.
 *
 * ```ts
 * import { encodeBase64 } from "@std/encoding/base64";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodeBase64("foob"), "Zm9vYg==");
 * ```
 *
 * @param data The bytes, or the string.
 * @returns The text.
 */
export function encodeBase64(data: ArrayBuffer | Uint8Array | string): string {
  if (typeof data === "string") return new TextEncoder().encode(data).toBase64();
  return (data instanceof ArrayBuffer ? new Uint8Array(data) : data).toBase64();
}

/**
 * Decodes text, padded or not. White space is refused.
 *
 * ```ts
 * import { decodeBase64 } from "@std/encoding/base64";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(decodeBase64("Zm9v"), new TextEncoder().encode("foo"));
 * ```
 *
 * @param b64 The text.
 * @returns The bytes.
 * @throws {TypeError} If a character is none of the alphabet's.
 * @throws {RangeError} If one character is left over.
 */
export function decodeBase64(b64: string): Uint8Array<ArrayBuffer> {
  const digits = b64.replace(/={1,2}$/, "");
  if (digits.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(digits)) throw malformed(b64);
  return Uint8Array.fromBase64(digits);
}

/** The real package counts UTF-8 bytes, and checks the padding first, then the length. */
function malformed(b64: string): Error {
  const bytes = new TextEncoder().encode(b64);
  const [last, beforeLast] = [bytes.at(-1), bytes.at(-2)];
  const padding = beforeLast === PAD ? 2 : last === PAD ? 1 : 0;
  const broken = beforeLast === PAD && last !== PAD;
  const length = bytes.length - padding;
  if (!broken && length % 4 === 1) {
    return new RangeError(
      `Cannot decode base64: its length without padding must not be 4n + 1, got ${length}`,
    );
  }
  const found = broken ? "=" : b64.match(/[^A-Za-z0-9+/]/u)?.[0];
  return new TypeError(
    `Cannot decode base64: characters must be of the base64 alphabet, got ${JSON.stringify(found)}`,
  );
}
