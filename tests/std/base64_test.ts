import { assert, assertEquals, assertThrows } from "@std/assert";
import { decodeBase64, encodeBase64 } from "@std/encoding/base64";

const PAIRS: [string, string][] = [
  ["", ""],
  ["ß", "w58="],
  ["f", "Zg=="],
  ["fo", "Zm8="],
  ["foo", "Zm9v"],
  ["foob", "Zm9vYg=="],
];

Deno.test("encodeBase64() encodes strings, bytes and buffers", () => {
  for (const [text, encoded] of PAIRS) {
    const bytes = new TextEncoder().encode(text);
    assertEquals(encodeBase64(text), encoded);
    assertEquals(encodeBase64(bytes), encoded);
    assertEquals(encodeBase64(bytes.buffer), encoded);
  }
});

Deno.test("encodeBase64() keeps to a view of a buffer", () => {
  const all = new TextEncoder().encode("..foo..");
  assertEquals(encodeBase64(all.subarray(2, 5)), "Zm9v");
  assertEquals(all.length, 7);
});

Deno.test("decodeBase64() decodes", () => {
  for (const [text, encoded] of PAIRS) {
    assertEquals(new TextDecoder().decode(decodeBase64(encoded)), text);
  }
});

Deno.test("decodeBase64() brings back what encodeBase64() took", () => {
  for (let length = 0; length < 300; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 151 + length);
    assertEquals(decodeBase64(encodeBase64(bytes)), bytes);
  }
});

Deno.test("decodeBase64() accepts missing and excess padding and stray bits", () => {
  for (const encoded of ["Zg", "Zg=", "Zg==", "Zh=="]) {
    assertEquals(decodeBase64(encoded), new Uint8Array([102]), encoded);
  }
  assertEquals(decodeBase64("Zm8"), decodeBase64("Zm8="));
  assertEquals(decodeBase64("Zm9v="), decodeBase64("Zm9v"));
  assertEquals(decodeBase64("=").length, 0);
});

Deno.test("decodeBase64() refuses other characters", () => {
  const texts = ["Zm 9", "Zm9v\n\n", "Zm-_", "Zg=a", "abc=a", "Z=g=", "Zm9vé!", "====", "é"];
  for (const text of texts) {
    const error = assertThrows(() => decodeBase64(text));
    assert(error instanceof TypeError, `${JSON.stringify(text)} gave ${error}`);
  }
});

Deno.test("decodeBase64() refuses a character left over", () => {
  for (const text of ["Z", "Zm9vZ", "Z=", "Z==", "Zm9v\n", "Zm=9v"]) {
    const error = assertThrows(() => decodeBase64(text));
    assert(error instanceof RangeError, `${JSON.stringify(text)} gave ${error}`);
  }
});
