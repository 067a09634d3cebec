import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { readKeyPair } from "../../../lib/server/tls/certificate.ts";
import {
  createAuthority,
  openssl,
  type TestCertificate,
} from "../../testutil/network/certificates.ts";
import { testWith } from "../../testutil/needs.ts";

testWith(
  ["openssl"],
  "readKeyPair() takes what belongs together, and says what is wrong with the rest",
  async (t) => {
    await using authority = await createAuthority();
    const [a, b] = [await authority.issue("a"), await authority.issue("b")];
    const nonsense = `${authority.folder}/nonsense`;
    await Deno.writeTextFile(nonsense, "-----BEGIN NONSENSE-----\n");
    const pair = await readKeyPair(a);
    assertMatch(pair.cert, /BEGIN CERTIFICATE/);
    assertMatch(pair.key, /BEGIN PRIVATE KEY/);
    assertEquals(pair.problem, undefined);
    const wrong: [{ cert: string; key: string }, string][] = [
      [{ ...a, cert: "/nowhere" }, "Cannot use '--cert': there is no such file (/nowhere)"],
      [{ ...a, key: "/nowhere" }, "Cannot use '--key': there is no such file (/nowhere)"],
      [{ ...a, cert: authority.folder }, "Cannot use '--cert': it is a folder"],
      [{ ...a, cert: nonsense }, `Cannot use '--cert': ${nonsense} contains no certificate in PEM`],
      [{ ...a, key: nonsense }, `Cannot use '--key': ${nonsense} contains no private key`],
      [
        { cert: a.key, key: a.cert },
        `Cannot use '--cert': ${a.key} contains no certificate in PEM`,
      ],
      [{ ...a, key: b.key }, `'--key': ${b.key} is not the key of the certificate in ${a.cert}`],
    ];
    for (const [files, message] of wrong) {
      await t.step(message, async () => {
        await assertRejects(() => readKeyPair(files), Error, message);
      });
    }
    await t.step("both in one file, the key first, as an editor on Windows saves it", async () => {
      const [cert, key] = [await Deno.readTextFile(a.cert), await Deno.readTextFile(a.key)];
      const both = `${authority.folder}/both.pem`;
      await Deno.writeTextFile(both, `\ufeff${key}${cert}`.replaceAll("\n", "\r\n"));
      await using server = Deno.serve(
        {
          hostname: "127.0.0.1",
          port: 0,
          onListen() {},
          ...await readKeyPair({ cert: both, key: both }),
        },
        () => new Response(),
      );
      assertEquals(server.addr.transport, "tcp");
    });
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1", "-nodes"];
    const kinds = [["-newkey", "rsa:1024", "-nodes"], curve, ["-newkey", "ed448", "-nodes"]];
    for (const newKey of kinds) {
      await t.step(newKey.join(" "), async () => {
        const files = await authority.issue("unusual", { newKey });
        await assertRejects(
          () => readKeyPair(files),
          Error,
          "has a kind of key that can't be used",
        );
      });
    }
    await t.step("a certificate of version 1", async () => {
      const files = await firstVersion(authority.folder);
      await assertRejects(() => readKeyPair(files), Error, "is a certificate of version 1");
    });
    await t.step("its time", async () => {
      const at = async (days: number): Promise<string | undefined> =>
        (await readKeyPair(a, new Date(Date.now() + days * 86_400_000))).problem;
      assertMatch(await at(31) ?? "", /expired on \d{4}-\d\d-\d\d: clients will refuse it$/);
      assertMatch(
        await at(-2) ?? "",
        /is valid from \d{4}-\d\d-\d\d only: clients will refuse it$/,
      );
    });
  },
);

/** A certificate without extensions, as many instructions make it. */
async function firstVersion(folder: string): Promise<TestCertificate> {
  const [cert, key, request] = [`${folder}/v1.crt`, `${folder}/v1.key`, `${folder}/v1.csr`];
  const own = ["-newkey", "rsa:2048", "-nodes", "-keyout", key, "-subj", "/CN=localhost"];
  try {
    await openssl("req", "-x509", "-x509v1", ...own, "-out", cert);
  } catch {
    // openssl before 3.4
    await openssl("req", ...own, "-out", request);
    await openssl("x509", "-req", "-in", request, "-signkey", key, "-out", cert);
  }
  return { cert, key };
}
