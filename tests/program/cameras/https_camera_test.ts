import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { sleep } from "../../../lib/time/sleep.ts";
import { encodeJpeg } from "../../../lib/jpeg/imagescript/encode_jpeg.ts";
import { createAuthority, type TestCertificate } from "../../testutil/network/certificates.ts";
import { clockPicture } from "../../testutil/picture/clock_picture.ts";
import { openCountingViewer } from "../../testutil/client/counting_viewer.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const JPEG = await encodeJpeg(clockPicture(128, 128), 80);

/** A camera that shows single pictures over TLS, and a stream under `/stream`, to who knows the password. */
interface TlsCamera extends AsyncDisposable {
  /** Its address. */
  readonly url: string;
  /** The passwords that were sent to it; `undefined` for requests without one. */
  readonly shown: (string | undefined)[];
}

async function startTlsCamera({ cert, key }: TestCertificate): Promise<TlsCamera> {
  const shown: (string | undefined)[] = [];
  const pair = { cert: await Deno.readTextFile(cert), key: await Deno.readTextFile(key) };
  const server = Deno.serve(
    { ...pair, port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => {
      const proof = request.headers.get("authorization")?.replace("Basic ", "");
      shown.push(proof && atob(proof));
      const { pathname } = new URL(request.url);
      if (pathname === "/") {
        return new Response(JPEG, { headers: { "content-type": "image/jpeg" } });
      }
      if (pathname === "/plain") return Response.redirect("http://127.0.0.1:9/", 302);
      if (pathname.startsWith("/video")) return new Response(new Uint8Array(100_000).fill(7));
      if (proof === undefined) {
        const challenge = { "www-authenticate": 'Basic realm="camera"' };
        return new Response(null, { status: 401, headers: challenge });
      }
      return new Response(endless(), {
        headers: { "content-type": "multipart/x-mixed-replace; boundary=b" },
      });
    },
  );
  return {
    url: `https://127.0.0.1:${server.addr.port}`,
    shown,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function endless(): ReadableStream<Uint8Array<ArrayBuffer>> {
  const head = new TextEncoder().encode("\r\n--b\r\ncontent-type: image/jpeg\r\n\r\n");
  const part = new Blob([head, JPEG]).bytes();
  const stop = new AbortController();
  return new ReadableStream({
    async pull(controller) {
      await sleep(50, stop.signal);
      controller.enqueue(await part);
    },
    cancel: () => stop.abort(),
  });
}

async function sha256Of({ cert }: Pick<TestCertificate, "cert">): Promise<string> {
  const pem = await Deno.readTextFile(cert);
  const der = Uint8Array.fromBase64(pem.replace(/-----[^-]+-----|\s/g, ""));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", der)).toHex();
}

testWith(
  ["openssl"],
  "serve() shows an https camera whose certificate it trusts, and no other",
  async (t) => {
    await using authority = await createAuthority();
    await using camera = await startTlsCamera(await authority.issue("camera"));
    const args = ["--camera", `${camera.url}/`, "--encoder", "copy"];
    await t.step("trusted", async () => {
      await using wscam = await startWscam(args, { env: { DENO_CERT: authority.file } });
      await using viewer = await openCountingViewer(wscam.ws);
      await eventually(() => viewer.images > 3);
    });
    await t.step("not trusted", async () => {
      await using wscam = await startWscam(args);
      await using viewer = await openCountingViewer(wscam.ws);
      await eventually(() => viewer.errors.length > 0);
      assertStringIncludes(viewer.errors[0] ?? "", "nobody vouches for the certificate");
      assertEquals(viewer.images, 0);
    });
  },
);

testWith(
  ["openssl"],
  "serve() shows an https camera that made its certificate itself, once it is named",
  async (t) => {
    await using authority = await createAuthority();
    const own = { cert: authority.file, key: `${authority.folder}/ca.key` };
    const fingerprint = await sha256Of(own);
    const other = await sha256Of(await authority.issue("other"));
    await using camera = await startTlsCamera(own);

    async function firstError(path: string): Promise<string> {
      await using wscam = await startWscam(["--camera", `${camera.url}${path}`]);
      await using viewer = await openCountingViewer(wscam.ws);
      await eventually(() => viewer.errors.length > 0);
      assertEquals(viewer.images, 0);
      return viewer.errors[0] ?? "";
    }

    await t.step("it says which", async () => {
      assertStringIncludes(await firstError("/"), `put '#fingerprint=${fingerprint}' behind`);
    });
    const colons = fingerprint.toUpperCase().match(/../g)?.join(":");
    for (
      const [path, behind] of [["/", `#fingerprint=${fingerprint}`], [
        "/stream",
        `#encoder=copy#fingerprint=${colons}`,
      ]]
    ) {
      await t.step(`pictures of ${path}`, async () => {
        const url = `${camera.url.replace("//", "//me:secret@")}${path}${behind}`;
        await using wscam = await startWscam(["--camera", url]);
        await using viewer = await openCountingViewer(wscam.ws);
        await eventually(() => viewer.images > 5);
        assertEquals(viewer.errors, []);
      });
    }
    assertEquals(camera.shown.includes("me:secret"), true);
    await t.step("nothing is asked of a server with another certificate", async () => {
      const before = camera.shown.length;
      assertMatch(
        await firstError(`/#fingerprint=${other}`),
        new RegExp(`another certificate than .*${fingerprint}`),
      );
      assertEquals(camera.shown.length, before);
    });
    await t.step("nor of one without", async () => {
      assertStringIncludes(
        await firstError(`/plain#fingerprint=${fingerprint}`),
        "leads to something else",
      );
    });
    await t.step("nor does ffmpeg ask, which looks at none", async () => {
      assertStringIncludes(
        await firstError(`/video#fingerprint=${fingerprint}`),
        "doesn't check certificates",
      );
      assertStringIncludes(
        await firstError(`/video.mp4#fingerprint=${fingerprint}`),
        "can't be shown",
      );
    });
  },
);

Deno.test("serve() ends beside an https camera that never shakes hands", async () => {
  using camera = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connected = camera.accept();
  const url = `https://127.0.0.1:${camera.addr.port}/#fingerprint=${"0a".repeat(32)}`;
  await using wscam = await startWscam(["--camera", url, "--always-on"]);
  using connection = await connected;
  assertEquals((await wscam.end()).code, 0);
  const buffer = new Uint8Array(1000);
  while (await connection.read(buffer).catch(() => null) !== null) {
    // The message about a handshake.
  }
});
