import { assert, assertEquals, assertRejects } from "@std/assert";
import { readCredentials } from "../../../lib/relay/broker/credentials.ts";
import { createNatsIdentity } from "../../testutil/relay/nats_identity.ts";

Deno.test("readCredentials() reads a file of credentials", async () => {
  const path = await Deno.makeTempFile();
  const { creds } = createNatsIdentity();
  await Deno.writeTextFile(path, creds);
  assertEquals(new TextDecoder().decode(await readCredentials(path)), creds);
  await Deno.remove(path);
});

Deno.test("readCredentials() says what is wrong with a file, and not what is in it", async () => {
  const path = await Deno.makeTempFile();
  for (const text of ["", "SECRET", "-----BEGIN X-----\nSECRET\n-----END X-----\n"]) {
    await Deno.writeTextFile(path, text);
    const error = await assertRejects(
      () => readCredentials(path),
      Error,
      "must hold a JWT and a seed",
    );
    assert(!error.message.includes("SECRET"));
  }
  await Deno.remove(path);
  await assertRejects(
    () => readCredentials(path),
    Error,
    `'--nats-creds' ${path}: there is no such file`,
  );
  await assertRejects(() => readCredentials("/"), Error, "it is a folder");
});
