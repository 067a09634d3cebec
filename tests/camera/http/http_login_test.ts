import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { SourceError } from "../../../lib/frame/source_error.ts";
import { startWebCamera } from "../../testutil/camera/web_camera.ts";
import { take } from "./take.ts";

const USER = "ad@min";
const PASSWORD = "s#e:c/r,e%t ü?&=+";
const LOGIN = "ad%40min:s%23e%3Ac%2Fr%2Ce%25t%20%C3%BC%3F%26%3D%2B";
const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** Whether a request answers the challenge below (RFC 7616, 3.4.1). */
function isProven(request: string): boolean {
  const [, header = ""] = request.match(/^authorization: digest (.*)$/im) ?? [];
  const fields = new Map(
    Array.from(
      header.matchAll(/(\w+)=(?:"([^"]*)"|([^, ]+))/g),
      ([, name, quoted, bare]) => [name, quoted ?? bare],
    ),
  );
  const a1 = md5(`${USER}:a "realm"`.replaceAll('"', "'") + `:${PASSWORD}`);
  const a2 = md5(`GET:${fields.get("uri")}`);
  const counted = ["nonce", "nc", "cnonce", "qop"].map((name) => fields.get(name)).join(":");
  return fields.get("response") === md5(`${a1}:${counted}:${a2}`);
}

Deno.test("HttpSource shows user and password as it is asked to", async (t) => {
  const basic = `Basic ${new TextEncoder().encode(`${USER}:${PASSWORD}`).toBase64()}`;
  const refusal = (challenge: string) => ({
    head: [
      "HTTP/1.1 401 Unauthorized",
      `WWW-Authenticate: ${challenge}`,
      "Content-Length: 0",
      "Connection: close",
    ],
    pictures: 0,
  });
  await t.step("Basic", async () => {
    await using camera = startWebCamera((request) =>
      request.includes(basic) ? {} : refusal('Basic realm="camera"')
    );
    await take(camera.url.replace("//", `//${LOGIN}@`), 3);
    assert(!camera.requests[0]?.includes("uthorization"), "only when asked");
  });
  await t.step("Digest, which doesn't show the password", async () => {
    const challenge = `Digest realm="a 'realm'", qop="auth", nonce="abc", opaque="x", stale=FALSE`;
    await using camera = startWebCamera((request) =>
      isProven(request) ? {} : refusal(`Basic realm="a", ${challenge}`)
    );
    await take(camera.url.replace("//", `//${LOGIN}@`) + "video?a=b&c=%20", 3);
    assert(camera.requests.every((request) => !request.includes("Basic")));
  });
  await t.step("and not to anybody else", async () => {
    await using other = startWebCamera(() => refusal('Basic realm="other"'), {
      hostname: "::1",
    });
    const location = `Location: ${other.url}`;
    await using camera = startWebCamera(() => ({
      head: ["HTTP/1.1 302 Found", location, "Content-Length: 0", "Connection: close"],
      pictures: 0,
    }));
    const url = camera.url.replace("//", `//${LOGIN}@`);
    const { message } = await assertRejects(() => take(url, 1), SourceError);
    assertStringIncludes(message, "check user and password");
    assert(!message.includes("c/r"));
    assertEquals(other.requests.length, 1);
    assert(!other.requests[0]?.includes("uthorization"));
  });
});
