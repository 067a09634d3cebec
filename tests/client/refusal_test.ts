import { assertEquals, assertStringIncludes } from "@std/assert";
import { explainRefusal } from "../../lib/client/refusal.ts";

const PREFIX = "NetworkError: failed to connect to WebSocket: ";

Deno.test("explainRefusal() says what to do in place of what the runtime says", async (t) => {
  const cases = [
    ["Invalid status code: 401", "needs its token", true],
    ["Invalid status code: 403", "or it doesn't answer to this name", true],
    ["Invalid status code: 429", "for a minute", true],
    ["Invalid status code: 503", "as many viewers as it allows (HTTP 503)", false],
    ["Invalid status code: 200", "doesn't speak WebSocket there (HTTP 200)", false],
    ["tcp connect error", "nothing answers there", false],
    ["dns error", "no host of that name", false],
    ["invalid peer certificate: UnknownIssuer", "DENO_CERT", false],
    [
      'invalid peer certificate: certificate not valid for name "a"; certificate is only valid for DnsName("b")',
      "is for another name",
      false,
    ],
    ["invalid peer certificate: Expired", "has expired", false],
    ["invalid peer certificate: NotValidYet", "not valid yet", false],
    [
      "invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))",
      "self-signed",
      false,
    ],
    [
      "Error: Failed opening CA file: No such file or directory (os error 2)",
      "the file that DENO_CERT names can't be read",
      false,
    ],
    ["invalid HTTP version parsed", "try wss://", false],
    ["stream error received: unspecific protocol error detected", "needs its token", true],
    ["received corrupt message of type InvalidContentType", "try ws://", false],
  ] as const;
  for (const [failure, words, isFinal] of cases) {
    await t.step(failure, () => {
      const refusal = explainRefusal(PREFIX + failure);
      assertStringIncludes(refusal.reason, words);
      assertEquals(refusal.isFinal, isFinal);
    });
  }
});

Deno.test("explainRefusal() leaves alone what it doesn't know", () => {
  assertEquals(explainRefusal("Unexpected EOF"), { reason: "Unexpected EOF", isFinal: false });
  assertEquals(explainRefusal("NetworkError: odd").reason, "odd");
});
