import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { readKeyPair } from "../../../lib/server/tls/certificate.ts";
import { createAuthority } from "../../testutil/network/certificates.ts";
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
