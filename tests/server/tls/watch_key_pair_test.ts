import { assertEquals, assertMatch } from "@std/assert";
import { createLogger } from "../../../lib/log.ts";
import { type KeyPair, readKeyPair } from "../../../lib/server/tls/certificate.ts";
import { watchKeyPair } from "../../../lib/server/tls/watch_key_pair.ts";
import { createAuthority } from "../../testutil/network/certificates.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";

testWith(
  ["openssl"],
  "watchKeyPair() tells of a certificate that was replaced, when its key was too",
  async () => {
    await using authority = await createAuthority();
    const [files, next] = [await authority.issue("a"), await authority.issue("b")];
    const [logged, changes]: [string[], KeyPair[]] = [[], []];
    const log = createLogger({ write: (line) => logged.push(line) });
    const watcher = watchKeyPair(files, {
      pair: await readKeyPair(files),
      log,
      everyMs: 10,
      onChange: (pair) => changes.push(pair),
    });
    await Deno.copyFile(next.cert, files.cert);
    await eventually(() => logged.length > 0);
    assertMatch(logged[0] ?? "", /is not the key of .*; the previous certificate stays in use$/);
    assertEquals(changes, []);
    await Deno.copyFile(next.key, files.key);
    await eventually(() => changes.length > 0);
    assertEquals(changes[0]?.cert, await Deno.readTextFile(next.cert));
    await Deno.remove(files.key);
    await eventually(() => logged.length > 1);
    assertMatch(logged[1] ?? "", /there is no such file/);
    await watcher[Symbol.asyncDispose]();
    const before = logged.length;
    const pair = await readKeyPair(next);
    const complaints: string[] = [];
    await using _other = watchKeyPair(files, {
      pair,
      log: createLogger({ write: (line) => complaints.push(line) }),
      everyMs: 10,
      onChange() {},
    });
    await Deno.writeTextFile(files.key, "nonsense");
    await eventually(() => complaints.some((line) => !line.includes("there is no such file")), {
      what: "one that still watches to see it",
    });
    assertEquals([logged.length, changes.length], [before, 1]);
  },
);
