import { assertEquals } from "@std/assert";
import { errors } from "@nats-io/nats-core/internal";
import { explainBroker } from "../../../lib/relay/broker/explain_broker.ts";

const nobody = { user: undefined, password: undefined };

Deno.test("explainBroker() says what happened and what to do", () => {
  const coded = Object.assign(new Error("x"), { code: "ENOTFOUND" });
  const cases: [unknown, RegExp][] = [
    [
      new Deno.errors.ConnectionRefused("Connection refused (os error 111)"),
      /^refuses connections: no nats-server/,
    ],
    [
      new Error("failed to lookup address information: Name or service not known"),
      /^has no address/,
    ],
    [coded, /^has no address/],
    [
      new Error("invalid peer certificate: UnknownIssuer"),
      /^has a certificate that isn't trusted.*DENO_CERT/,
    ],
    [
      new Deno.errors.InvalidData("received fatal alert: BadCertificate"),
      /^wants a client certificate.* without 'verify'/,
    ],
    [new errors.ConnectionError("server does not support 'tls'"), /^doesn't speak TLS: use nats:/],
    [new errors.ConnectionError("connection refused"), /^has ended the connection$/],
    [new errors.ConnectionError("unexpected response from server"), /^is not a NATS server/],
    [new errors.TimeoutError(), /^does not answer/],
    [
      new errors.ProtocolError("Slow Consumer"),
      /^has ended the connection, because it received pictures too slowly/,
    ],
    [new Error("stale connection"), /^has not answered for some seconds/],
    [new Error("something else"), /^fails: something else/],
    [undefined, /^has ended the connection$/],
  ];
  for (const [error, words] of cases) {
    const said = explainBroker(error, nobody);
    assertEquals(words.test(said), true, said);
  }
});

Deno.test("explainBroker() says which identity was refused, and not what it is", () => {
  const error = new errors.AuthorizationError("Authorization Violation");
  const cases = [
    [explainBroker(error, { user: "me", password: "secret" }), "refuses its user or password"],
    [explainBroker(error, { user: "secret", password: undefined }), "refuses the token in its URL"],
    [explainBroker(error, nobody, { creds: "x.creds" }), "refuses the credentials in x.creds"],
  ];
  for (const [said, expected] of cases) assertEquals(said, expected);
  assertEquals(explainBroker(error, nobody).startsWith("wants a user"), true);
});
