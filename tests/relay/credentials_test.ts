import { assert, assertEquals, assertRejects } from "@std/assert";
import { readCredentials } from "../../lib/relay/credentials.ts";
import { createNatsIdentity } from "../testutil/nats_identity.ts";

Deno.test("readCredentials() makes an authenticator of a file", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, createNatsIdentity().creds);
  const answer = (await readCredentials(path))("nonce");
  assert(answer && "jwt" in answer && "sig" in answer);
  assertEquals(typeof answer.jwt, "string");
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
  await assertRejects(() => readCredentials("/"), Error, "it can't be read");
});
