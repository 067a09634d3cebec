import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { signShareLink } from "../../../lib/server/access/token/share_link.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const TOKEN = "a token of some length";
const CAMERAS = ["--camera", "door=test", "--resolution", "320x240"];
/** The headers of a browser in which somebody opens an address. */
const VISIT = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

async function visit(
  url: string,
  language: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string; type: string; challenge: string | null }> {
  const response = await fetch(url, {
    headers: { ...VISIT, "accept-language": language, ...headers },
  });
  return {
    status: response.status,
    text: await response.text(),
    type: response.headers.get("content-type") ?? "",
    challenge: response.headers.get("www-authenticate"),
  };
}

Deno.test("a visitor who is refused gets a page in their language, a program plain words", async (t) => {
  await using server = await startWscam(CAMERAS, { env: { WSCAM_TOKEN: TOKEN } });
  const seconds = Date.now() / 1000;
  const ended = await signShareLink({ camera: "door", expires: seconds - 60 }, TOKEN);
  const valid = await signShareLink({ camera: "door", expires: seconds + 600 }, TOKEN);
  const cases = [
    { path: "/", status: 401, en: "This camera needs a token", zh: "查看此摄像头需要令牌" },
    { path: "/?token=wrong", status: 401, en: "That is not the token", zh: "令牌不正确" },
    { path: `/?share=${ended}`, status: 403, en: "This link has ended", zh: "此链接已过期" },
    {
      path: `/?share=${valid.slice(0, -5)}`,
      status: 403,
      en: "This link is not valid",
      zh: "此链接无效",
    },
    {
      path: `/stream?share=${valid}&camera=attic`,
      status: 403,
      en: "This link shows camera door only",
      zh: "此链接只能查看摄像头 door",
    },
    {
      path: `/snapshot?camera=%3Cb%3E&token=${encodeURIComponent(TOKEN)}`,
      status: 404,
      en: "There is no camera &lt;b>",
      zh: "没有名为 &lt;b> 的摄像头",
    },
    {
      path: `/nothing/here?token=${encodeURIComponent(TOKEN)}`,
      status: 404,
      en: "There is nothing at this address",
      zh: "这个地址没有内容",
    },
  ];
  for (const { path, status, en, zh } of cases) {
    await t.step(`${status} ${en}`, async () => {
      for (const [language, wanted] of [["de, en;q=0.5, zh;q=0.1", en], ["zh-TW,en;q=0.9", zh]]) {
        const seen = await visit(server.url + path, language ?? "");
        assertEquals([seen.status, seen.type], [status, "text/html; charset=utf-8"]);
        assertStringIncludes(seen.text, `<h1>${wanted}</h1>`);
        assertEquals(seen.challenge !== null, status === 401, "only a token is asked for");
        assertEquals(/<input[^>]*type="password"/.test(seen.text), status === 401);
        assert(!seen.text.includes("wrong"), "what was shown is not repeated");
      }
      const response = await fetch(server.url + path);
      assertEquals(response.status, status);
      assertMatch(response.headers.get("content-type") ?? "", /^text\/plain/);
      assert(!(await response.text()).includes("<h1>"));
    });
  }
  await t.step("429", async () => {
    for (let i = 0; i < 12; i++) await visit(`${server.url}/?token=guess${i}`, "en");
    const seen = await visit(`${server.url}/?token=guess`, "zh-CN");
    assertEquals(seen.status, 429);
    assertMatch(seen.text, /<h1>同一地址输错令牌的次数过多<\/h1>\n<p>请在 \d\d 秒后再试。/);
  });
});

Deno.test("our own page is told the reason in a header, and asks for no password", async () => {
  await using server = await startWscam(CAMERAS, { env: { WSCAM_TOKEN: TOKEN } });
  const response = await fetch(`${server.url}/cameras`, {
    headers: { accept: "application/json" },
  });
  await response.body?.cancel();
  assertEquals(response.status, 401);
  assertEquals(response.headers.get("x-wscam-reason"), "token-needed");
  assertEquals(response.headers.get("www-authenticate"), null);
});

Deno.test("a camera's name is the same however its letters are composed", async () => {
  await using server = await startWscam(["--camera", "cafe\u0301=test", "--camera", "b=test"]);
  const [{ name }] = await (await fetch(`${server.url}/cameras`)).json();
  assertEquals(name, "caf\u00e9");
  for (const camera of ["cafe\u0301", "caf\u00e9"]) {
    const response = await fetch(`${server.url}/snapshot?camera=${encodeURIComponent(camera)}`);
    await response.body?.cancel();
    assertEquals(response.status, 200);
    await using viewer = await openViewer(`${server.ws}/?camera=b`);
    viewer.command({ type: "configure", camera });
    viewer.command({ type: "control", camera });
    const answers = await eventually(() => {
      const found = viewer.messages.filter(({ type }) => /^(configured|controlled)$/.test(type));
      return found.length === 2 ? found : undefined;
    });
    for (const answer of answers) assertEquals(Object(answer).camera, name);
  }
});
