import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { askModes } from "../../../lib/camera/device/ask_modes.ts";
import { FfmpegSource } from "../../../lib/camera/ffmpeg/ffmpeg_source.ts";
import type { FfmpegInput } from "../../../lib/ffmpeg/input.ts";
import { DEFAULT_CAPTURE } from "../../../lib/frame/change_capture.ts";
import { FramePool } from "../../../lib/frame/frame.ts";
import { SourceError } from "../../../lib/frame/source_error.ts";
import { fileWhitelist, urlWhitelist } from "../../../lib/ffmpeg/args/whitelist.ts";
import { testWith } from "../../testutil/needs.ts";
import { makeFilm } from "../../testutil/picture/film.ts";

/** The list after an option. */
function list(args: readonly string[], option: string): string[] {
  return args[args.indexOf(option) + 1]?.split(",") ?? [];
}

Deno.test("urlWhitelist() lets an address lead nowhere but to itself", async (t) => {
  const cases = {
    "tcp://h:1": ["tcp"],
    "UDP://@:1": ["udp"],
    "srt://h:1?mode=listener": ["srt"],
    "rtp://@:1": ["rtp", "udp"],
    "rtmp://h/live": ["rtmp", "tcp"],
    "rtsp://u:p@h/x.m3u8": ["rtsp", "tcp", "rtp", "udp"],
    "tcp://h:1/x.m3u8": ["tcp"],
    "http://h/x": ["http", "https", "httpproxy", "tcp", "tls"],
  };
  for (const [url, protocols] of Object.entries(cases)) {
    await t.step(url, () => {
      const args = urlWhitelist(url);
      assertEquals(list(args, "-protocol_whitelist"), protocols);
      for (const name of ["hls", "dash", "concat", "sdp", "image2", "lavfi", "tty"]) {
        assert(!list(args, "-format_whitelist").includes(name), name);
      }
    });
  }
});

Deno.test("urlWhitelist() follows a playlist where the address names one", () => {
  for (const url of ["http://h/a.m3u8", "https://h/A.M3U8?t=1", "http://h/x?src=a.mpd#1"]) {
    assert(list(urlWhitelist(url), "-format_whitelist").includes("hls"), url);
    assert(!list(urlWhitelist(url), "-protocol_whitelist").includes("file"), url);
  }
  for (const url of ["http://h/m3u8", "http://a.m3u8.h/x", "http://h/a.m3u8/b"]) {
    assert(!list(urlWhitelist(url), "-format_whitelist").includes("hls"), url);
  }
});

Deno.test("fileWhitelist() lets a file lead to others where its name says that it is a list", () => {
  for (const path of ["a.mp4", "/x/a.m3u8.mp4", "C:\\a.avi"]) {
    assertEquals(list(fileWhitelist(path), "-protocol_whitelist"), ["file"]);
    assert(!list(fileWhitelist(path), "-format_whitelist").includes("hls"));
  }
  assert(list(fileWhitelist("a.m3u8"), "-format_whitelist").includes("hls"));
  assert(list(fileWhitelist("a.sdp"), "-protocol_whitelist").includes("rtp"));
  assert(list(fileWhitelist("a.ffconcat"), "-format_whitelist").includes("concat"));
});

/** A film in a folder, that a peer would like to be shown, and the texts that ask for it. */
async function makeBait(url: string) {
  const dir = await Deno.makeTempDir({ prefix: "wscam-bait-" });
  const film = `${dir}/film.ts`;
  await makeFilm(film, ["-c:v", "mpeg2video"]);
  const hls = (target: string) =>
    `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${target}\n#EXT-X-ENDLIST\n`;
  const texts = {
    "a playlist of files": hls(`file://${film}`),
    "a playlist of addresses": hls(url),
    "a list of lists": `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${url}/a.m3u8\n`,
    "parts of a file": hls(`subfile,,start,0,end,99999,,:${film}`),
    "files in a row": `ffconcat version 1.0\nfile ${film}\n`,
    "a description of a session":
      "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n" +
      "m=video 5556 RTP/AVP 26\n",
  };
  return { dir, film, texts, [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }) };
}

/** Reads one picture from an address, probes it, and fails. */
async function assertShowsNothing(input: Extract<FfmpegInput, { kind: "url" | "file" }>) {
  const signal = AbortSignal.timeout(60_000);
  // The processing of pictures has no effect on how they are opened.
  const capture = { ...DEFAULT_CAPTURE, encoder: "imagescript" } as const;
  const source = new FfmpegSource(input, capture, { ffmpeg: "ffmpeg" });
  const { message } = await assertRejects(async () => {
    for await (const _ of source.frames({ pool: new FramePool(), signal })) break;
  }, SourceError);
  assertStringIncludes(message, "one is followed where");
  assertEquals(await askModes(input, { ffmpeg: "ffmpeg", os: "linux", signal }), []);
}

testWith(["ffmpeg"], "what an address or a file answers opens nothing else", async (t) => {
  let asked = 0;
  await using inner = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
    asked++;
    return new Response("x");
  });
  const url = `http://127.0.0.1:${inner.addr.port}`;
  await using bait = await makeBait(url);
  for (const [name, text] of Object.entries(bait.texts)) {
    await t.step(`${name}, over TCP`, async () => {
      const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
      const serving = (async () => {
        for await (const conn of listener) {
          await conn.write(new TextEncoder().encode(text)).catch(() => {});
          conn.close();
        }
      })();
      await assertShowsNothing({ kind: "url", url: `tcp://127.0.0.1:${listener.addr.port}` });
      listener.close();
      await serving;
    });
    await t.step(`${name}, over HTTP`, async () => {
      await using server = Deno.serve(
        { port: 0, hostname: "127.0.0.1", onListen: () => {} },
        () => new Response(text, { headers: { "content-type": "application/x-mpegurl" } }),
      );
      await assertShowsNothing({ kind: "url", url: `http://127.0.0.1:${server.addr.port}/cam` });
    });
    await t.step(`${name}, in a file`, async () => {
      await Deno.writeTextFile(`${bait.dir}/film.mp4`, text);
      await assertShowsNothing({ kind: "file", path: `${bait.dir}/film.mp4` });
    });
  }
  assertEquals(asked, 0);
});

testWith(["ffmpeg"], "a playlist that the user names is played", async () => {
  await using bait = await makeBait("");
  const film = await Deno.readFile(bait.film);
  const text = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfilm.ts\n#EXT-X-ENDLIST\n";
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    ({ url }) => new Response(url.endsWith(".ts") ? film : text),
  );
  const signal = AbortSignal.timeout(60_000);
  const options = { ffmpeg: "ffmpeg", os: "linux", signal } as const;
  const url = `http://127.0.0.1:${server.addr.port}/live.m3u8?token=1`;
  const [mode] = await askModes({ kind: "url", url }, options) ?? [];
  assertEquals([mode?.width, mode?.height], [64, 48]);
  await Deno.writeTextFile(`${bait.dir}/list.m3u8`, text);
  const [own] = await askModes({ kind: "file", path: `${bait.dir}/list.m3u8` }, options) ?? [];
  assertEquals([own?.width, own?.height], [64, 48]);
});
