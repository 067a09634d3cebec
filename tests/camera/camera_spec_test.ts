import { assert, assertEquals, assertThrows } from "@std/assert";
import { fingerprintOf } from "../../lib/camera/address.ts";
import { parseCamera } from "../../lib/camera/camera_spec.ts";
import { describeSource, type SourceSpec } from "../../lib/camera/source_kinds.ts";

type Case = readonly [text: string, name: string, source: SourceSpec];

Deno.test("parseCamera() tells what kind of source was named", async (t) => {
  const file = (path: string): SourceSpec => ({ kind: "file", path });
  const url = (url: string): SourceSpec => ({ kind: "url", url });
  const cases: Case[] = [
    ["test", "test", { kind: "test" }],
    ["0", "0", { kind: "index", index: 0 }],
    ["12", "12", { kind: "index", index: 12 }],
    ["007", "7", { kind: "index", index: 7 }],
    ["/dev/video2", "/dev/video2", { kind: "device", path: "/dev/video2" }],
    ["/dev/v4l/by-id/usb-a=b", "/dev/v4l/by-id/usb-a=b", {
      kind: "device",
      path: "/dev/v4l/by-id/usb-a=b",
    }],
    ["HD Pro Webcam C920", "HD Pro Webcam C920", { kind: "name", name: "HD Pro Webcam C920" }],
    ["Integrated Camera: 1", "Integrated Camera: 1", {
      kind: "name",
      name: "Integrated Camera: 1",
    }],
    ["罗技摄像头", "罗技摄像头", { kind: "name", name: "罗技摄像头" }],
    ["@device_pnp_\\\\?\\usb#vid_046d\\global", "@device_pnp_\\\\?\\usb#vid_046d\\global", {
      kind: "device",
      path: "@device_pnp_\\\\?\\usb#vid_046d\\global",
    }],
    ["Test", "Test", { kind: "name", name: "Test" }],
    ["12345", "12345", { kind: "name", name: "12345" }],
    ["a.mp4", "a.mp4", file("a.mp4")],
    ["a.MKV", "a.MKV", file("a.MKV")],
    ["-i.mp4", "-i.mp4", file("-i.mp4")],
    ["concat:x.mp4", "concat:x.mp4", file("concat:x.mp4")],
    ["./test", "test", file("./test")],
    ["/home/me/My Videos/猫.webm", "猫.webm", file("/home/me/My Videos/猫.webm")],
    ["C:\\Users\\me\\a=b.mp4", "a=b.mp4", file("C:\\Users\\me\\a=b.mp4")],
    ["..\\clip", "clip", file("..\\clip")],
    ["rtsp://10.0.0.5/stream", "10.0.0.5", url("rtsp://10.0.0.5/stream")],
    ["rtsp://10.0.0.5:8554/stream", "10.0.0.5:8554", url("rtsp://10.0.0.5:8554/stream")],
    ["http://[::1]:81/x.mjpg", "[::1]:81", url("http://[::1]:81/x.mjpg")],
    ["http://cam/video.cgi?user=a&pwd=b=c", "cam", url("http://cam/video.cgi?user=a&pwd=b=c")],
    ["RTMP://Host/live", "Host", url("rtmp://Host/live")],
    ["udp://@239.0.0.1:1234", "239.0.0.1:1234", url("udp://@239.0.0.1:1234")],
  ];
  for (const [text, name, source] of cases) {
    await t.step(text, () => assertEquals(parseCamera(text), { name, source }));
  }
});

Deno.test("parseCamera() takes every scheme that ffmpeg reads cameras by", () => {
  for (const scheme of "rtsp rtsps rtmp rtmps http https srt udp rtp tcp mms".split(" ")) {
    const text = `${scheme}://host:1234/x`;
    assertEquals(parseCamera(text).source, { kind: "url", url: text });
  }
});

Deno.test("parseCamera() takes a name before the source", async (t) => {
  const cases: Case[] = [
    ["door=0", "door", { kind: "index", index: 0 }],
    ["front door=test", "front door", { kind: "test" }],
    ["前门 1=test", "前门 1", { kind: "test" }],
    ["Tür_2.a-b=/dev/video0", "Tür_2.a-b", { kind: "device", path: "/dev/video0" }],
    ["left=@device_pnp_\\x", "left", { kind: "device", path: "@device_pnp_\\x" }],
    ["door =test", "door", { kind: "test" }],
    ["2=test", "2", { kind: "test" }],
    ["a=b=c.mp4", "a", { kind: "file", path: "b=c.mp4" }],
    ["door=rtsp://u:p@h/x?a=b", "door", { kind: "url", url: "rtsp://u:p@h/x?a=b" }],
    ["cat=C:\\cats\\1.mp4", "cat", { kind: "file", path: "C:\\cats\\1.mp4" }],
    ["x=猫=狗", "x", { kind: "name", name: "猫=狗" }],
    [`${"n".repeat(64)}=test`, "n".repeat(64), { kind: "test" }],
  ];
  for (const [text, name, source] of cases) {
    await t.step(text, () => assertEquals(parseCamera(text), { name, source }));
  }
});

Deno.test("parseCamera() takes a name with marks above its letters", () => {
  // As macOS writes file names (one letter for both from here on), and as scripts such as Devanagari write vowels.
  assertEquals(parseCamera("Cafe\u0301=test"), { name: "Caf\u00e9", source: { kind: "test" } });
  assertEquals(parseCamera("हिन्दी=test").source, { kind: "test" });
});

Deno.test("parseCamera() doesn't mind spaces around a source, nor a scheme in capitals", () => {
  assertEquals(parseCamera(" 0 ").source, { kind: "index", index: 0 });
  assertEquals(parseCamera("door= test"), { name: "door", source: { kind: "test" } });
  assertEquals(parseCamera("/dev/video0 ").name, "/dev/video0");
  const { source } = parseCamera("RTSPS://Me:Geheim@Host/X");
  assertEquals(source, { kind: "url", url: "rtsps://Me:Geheim@Host/X" });
});

Deno.test("parseCamera() throws RangeError when there is no source", async (t) => {
  for (const text of ["", " ", "\t\n", "door= "]) {
    await t.step(JSON.stringify(text), () => {
      assertThrows(() => parseCamera(text), RangeError, "must name a source, got ");
    });
  }
});

Deno.test("parseCamera() throws RangeError when a URL can't be used", async (t) => {
  const rule = "must be a URL of rtsp, rtsps,";
  const cases = [
    ["0,rtsp://me:geheim@cam.lan/x", "must name one source, and begin with its address"],
    ["a=test,http://cam.lan/x?token=geheim", "must name one source, and begin with its address"],
    ["rtsp://", "must be a whole URL, got 'rtsp://'"],
    ["http:///x", "must be a whole URL, got 'http:///x'"],
    ["file:///etc/passwd", "got 'file:///etc/passwd': a file goes by its path alone"],
    ["ftp://host/x.mp4", rule],
    ["javascript://x", rule],
    ["door=gopher://u:geheim@host/x", rule],
    ["http://", "must be a whole URL, got 'http://'"],
    ["rtsp://host:99999/x", "must be a whole URL, got 'rtsp://host:99999/x'"],
    ["rtsp://me:geheim@ho st/x", "must be a whole URL"],
    [
      "me:geheim@10.0.0.9/x?token=geheim",
      "has no scheme: did you mean 'rtsp://10.0.0.9/x' or 'http://10.0.0.9/x', with its user",
    ],
    ["door=me:geheim@cam.lan", "has no scheme: did you mean 'rtsp://cam.lan' or 'http://cam.lan'"],
    ["http://[::1/x", "must be a whole URL"],
  ] as const;
  for (const [text, message] of cases) {
    await t.step(text, () => {
      const error = assertThrows(() => parseCamera(text), RangeError, message);
      assert(!error.message.includes("geheim"), error.message);
    });
  }
});

Deno.test("parseCamera() takes the fingerprint of an https camera's certificate, and of nothing else", () => {
  const fingerprint = "0a".repeat(32);
  for (const text of [fingerprint, fingerprint.toUpperCase().match(/../g)?.join(":")]) {
    const { source } = parseCamera(`door=https://host/x#fingerprint=${text}`);
    assertEquals(source.kind === "url" && fingerprintOf(source.url), fingerprint);
    assertEquals(describeSource(source), "https://host/x");
  }
  for (
    const url of [
      `http://host/x#fingerprint=${fingerprint}`,
      `rtsps://host/x#fingerprint=${fingerprint}`,
      `https://host/x#fingerprint=${fingerprint}0`,
      "https://host/x#fingerprint=",
      "https://host/x#fingerprint=sha256",
    ]
  ) {
    assertThrows(() => parseCamera(url), RangeError, "must have '#fingerprint=' only behind");
  }
});

Deno.test("parseCamera() refuses what is meant to have a name, and has none that can be", async (t) => {
  const rule = "must have a name of 1 to 64 letters, digits, spaces, '_', '.' and '-' before '='";
  const cases = [
    ["door=", "must have a source after '=', got 'door='"],
    ["=", rule],
    ["=test", rule],
    ["Küche 📷=test", "the first a letter or a digit, got 'Küche 📷'"],
    ["*=0", rule],
    ["a\nb=/dev/video0", "got 'a\ufffdb'"],
    [`${"n".repeat(65)}=1`, rule],
    ["a:b=rtsp://me:geheim@host/x", "got 'a:b'"],
  ] as const;
  for (const [text, message] of cases) {
    await t.step(text, () => {
      const error = assertThrows(() => parseCamera(text), RangeError, message);
      assert(!error.message.includes("geheim"), error.message);
    });
  }
  for (const text of ["Cam 50% = HD", "http://host/x?test=1", "http://host/x?a=", "/films/a=1"]) {
    await t.step(
      `not ${text}`,
      () => assertEquals(describeSource(parseCamera(text).source), text.replace(/\?.*/, "")),
    );
  }
});

Deno.test("parseCamera() takes the address of a stream that comes to us", () => {
  // As in ffmpeg's manual: no host means any.
  for (
    const url of ["udp://:1234", "udp://@:1234", "tcp://:1234?listen", "srt://:4201?mode=listener"]
  ) {
    assertEquals(parseCamera(url).source, { kind: "url", url });
  }
});

Deno.test("describeSource() shows what anybody may see", async (t) => {
  const cases = [
    ["test", "test"],
    ["3", "3"],
    ["/dev/video0", "/dev/video0"],
    ["HD Webcam", "HD Webcam"],
    ["/home/me/a.mp4", "/home/me/a.mp4"],
    ["rtsp://cam:554/live", "rtsp://cam:554/live"],
    ["rtsp://admin:geheim@cam:554/live", "rtsp://cam:554/live"],
    ["rtsp://geheim@cam/live", "rtsp://cam/live"],
    ["rtsp://admin:ge@heim@cam/live", "rtsp://cam/live"],
    ["rtsp://admin:geheim%2F@cam/live", "rtsp://cam/live"],
    ["http://cam/video?token=geheim&x=1", "http://cam/video"],
    ["http://cam?geheim", "http://cam"],
    ["http://cam/video#geheim", "http://cam/video"],
    ["http://admin:密码geheim@cam/video", "http://cam/video"],
    ["http://cam/pictures/a@2x.jpg", "http://cam/pictures/a@2x.jpg"],
  ] as const;
  for (const [text, description] of cases) {
    await t.step(text, () => assertEquals(describeSource(parseCamera(text).source), description));
  }
});

Deno.test("describeSource() shows no password, whatever characters are in it", async (t) => {
  for (const odd of `'" <|\\%^\`@:&=+ü密`) {
    await t.step(odd, () => {
      const { name, source } = parseCamera(`rtsp://admin:QQ${odd}ZZ@cam/live`);
      assertEquals([name, describeSource(source)], ["cam", "rtsp://cam/live"]);
    });
  }
});

Deno.test("parseCamera() repeats no password when it refuses a URL", async (t) => {
  // These characters end the host's part of a URL: for wscam it is not a URL, but its author meant
  // one.
  for (const odd of ["#", "?", "/", "'/", " /"]) {
    await t.step(odd, () => {
      const error = assertThrows(
        () => parseCamera(`rtsp://admin:QQ${odd}ZZ@cam/live`),
        RangeError,
      );
      assert(!/QQ|ZZ/.test(error.message), error.message);
    });
  }
});
Deno.test("parseCamera() takes cameras of a NATS server, by name or all of them", () => {
  const broker = {
    shown: "nats://host:4222",
    host: "host:4222",
    tls: false,
    user: "me",
    password: "secret",
  };
  const door = parseCamera("nats://me:secret@host/front%20door");
  assertEquals(door, {
    name: "front door",
    source: { kind: "relay", broker, camera: "front door" },
  });
  assertEquals(parseCamera("x=nats://me:secret@host/front%20door"), { ...door, name: "x" });
  assertEquals(describeSource(door.source), "nats://host:4222/front door");
  const all = parseCamera("nats://me:secret@host/*");
  assertEquals([all.name, all.source.kind], ["nats://host:4222/*", "relay"]);
  assertThrows(
    () => parseCamera("x=nats://host/*"),
    RangeError,
    "must not have a name when it stands for all cameras",
  );
  for (const text of ["nats://me:secret@host", "nats://me:secret@host/", "tls://:secret@"]) {
    const error = assertThrows(() => parseCamera(text), RangeError);
    assert(!error.message.includes("secret"), error.message);
  }
});
