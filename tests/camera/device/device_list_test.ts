import { assertEquals } from "@std/assert";
import {
  parseAvfoundation,
  parseCapture,
  parseDshow,
  parseV4l2Sources,
} from "../../../lib/camera/device/device_list.ts";
import { createRandom } from "../../testutil/random.ts";

const AVFOUNDATION = `
[AVFoundation indev @ 0x7fe1d8c04080] AVFoundation video devices:
[AVFoundation indev @ 0x7fe1d8c04080] [0] FaceTime HD Camera (Built-in)
[AVFoundation indev @ 0x7fe1d8c04080] [1] 小明的 iPhone 相机
[AVFoundation indev @ 0x7fe1d8c04080] [2] USB [Cam] 2.0
[AVFoundation indev @ 0x7fe1d8c04080] [10] Capture screen 0
[AVFoundation indev @ 0x7fe1d8c04080] AVFoundation audio devices:
[AVFoundation indev @ 0x7fe1d8c04080] [0] MacBook Pro Microphone
[AVFoundation indev @ 0x7fe1d8c04080] [1] FaceTime HD Camera (Built-in)
: Input/output error
`;

Deno.test("parseAvfoundation() reads cameras, and no microphones", async (t) => {
  const texts = {
    "ffmpeg 4": AVFOUNDATION,
    "ffmpeg 7": AVFOUNDATION.replaceAll("[AVFoundation indev @ ", "[in#0 @ "),
    "CRLF": AVFOUNDATION.replaceAll("\n", "\r\n"),
  };
  for (const [name, text] of Object.entries(texts)) {
    await t.step(name, () => {
      assertEquals(parseAvfoundation(text), [
        { index: 0, name: "FaceTime HD Camera (Built-in)", device: "0" },
        { index: 1, name: "小明的 iPhone 相机", device: "1" },
        { index: 2, name: "USB [Cam] 2.0", device: "2" },
        { index: 10, name: "Capture screen 0", device: "10" },
      ]);
    });
  }
});

Deno.test("parseAvfoundation() reads nothing when there is no camera", () => {
  const text = AVFOUNDATION.split("\n").filter((line) => !/video devices|Camera|Cam/.test(line));
  assertEquals(parseAvfoundation(text.join("\n")), []);
  assertEquals(parseAvfoundation(""), []);
  assertEquals(parseAvfoundation("Unknown input format: 'avfoundation'"), []);
});

const DSHOW_4 = String.raw`
[dshow @ 000001e8e1f4b340] DirectShow video devices (some may be both video and audio devices)
[dshow @ 000001e8e1f4b340]  "Integrated Camera"
[dshow @ 000001e8e1f4b340]     Alternative name "@device_pnp_\\?\usb#vid_5986&pid_2113#global"
[dshow @ 000001e8e1f4b340]  "OBS Virtual Camera"
[dshow @ 000001e8e1f4b340]     Alternative name "@device_sw_{860BB310}\{A3FCE0F5}"
[dshow @ 000001e8e1f4b340] DirectShow audio devices
[dshow @ 000001e8e1f4b340]  "麦克风 (Realtek(R) Audio)"
[dshow @ 000001e8e1f4b340]     Alternative name "@device_cm_{33D9A762}\wave_{26E1}"
dummy: Immediate exit requested
`;

const DSHOW_5 = String.raw`
[dshow @ 000001d4b0a6c2c0] "Integrated Camera" (video)
[dshow @ 000001d4b0a6c2c0]   Alternative name "@device_pnp_\\?\usb#vid_5986&pid_2113#global"
[dshow @ 000001d4b0a6c2c0] "OBS Virtual Camera" (video)
[dshow @ 000001d4b0a6c2c0]   Alternative name "@device_sw_{860BB310}\{A3FCE0F5}"
[dshow @ 000001d4b0a6c2c0] "麦克风 (Realtek(R) Audio)" (audio)
[dshow @ 000001d4b0a6c2c0]   Alternative name "@device_cm_{33D9A762}\wave_{26E1}"
dummy: Immediate exit requested
`;

Deno.test("parseDshow() reads cameras, and no microphones", async (t) => {
  const texts = {
    "ffmpeg 4": DSHOW_4,
    "ffmpeg 5": DSHOW_5,
    "ffmpeg 7": DSHOW_5.replaceAll("[dshow @ ", "[in#0 @ "),
    "CRLF": DSHOW_5.replaceAll("\n", "\r\n"),
    "CRLF, ffmpeg 4": DSHOW_4.replaceAll("\n", "\r\n"),
  };
  for (const [name, text] of Object.entries(texts)) {
    await t.step(name, () => {
      assertEquals(parseDshow(text), [
        { index: 0, name: "Integrated Camera", device: "Integrated Camera" },
        { index: 1, name: "OBS Virtual Camera", device: "OBS Virtual Camera" },
      ]);
    });
  }
});

Deno.test("parseDshow() takes devices that give picture and sound", () => {
  const text = '[dshow @ 0a] "Capture Card" (audio, video)\n[dshow @ 0a] "Mixer" (audio)\n' +
    '[dshow @ 0a] "TV" (video, audio)\n[dshow @ 0a] "Nothing" (none)\n';
  assertEquals(parseDshow(text).map(({ name, index }) => [index, name]), [
    [0, "Capture Card"],
    [1, "TV"],
  ]);
});

Deno.test("parseDshow() opens the second of two cameras of one name by its other name", async (t) => {
  const twins = (tail: string): string =>
    [1, 2, 3].map((n) =>
      `[dshow @ 0a]  "USB 摄像头"${tail}\n[dshow @ 0a]     Alternative name "@device_pnp_${n}"\n`
    ).join("");
  const texts = {
    "ffmpeg 4": `[dshow @ 0a] DirectShow video devices\n${twins("")}`,
    "ffmpeg 5": twins(" (video)"),
  };
  for (const [name, text] of Object.entries(texts)) {
    await t.step(name, () => {
      assertEquals(parseDshow(text), [
        { index: 0, name: "USB 摄像头", device: "USB 摄像头" },
        { index: 1, name: "USB 摄像头", device: "@device_pnp_2" },
        { index: 2, name: "USB 摄像头", device: "@device_pnp_3" },
      ]);
    });
  }
});

Deno.test("parseDshow() opens a camera with ':' in its name by its other name", () => {
  const text = '[dshow @ 0a] "Camera: front" (video)\n' +
    '[dshow @ 0a]   Alternative name "@device_pnp_1"\n';
  assertEquals(parseDshow(text), [{ index: 0, name: "Camera: front", device: "@device_pnp_1" }]);
});

Deno.test("parseDshow() gives no camera the other name of a microphone", () => {
  const text = '[dshow @ 0a] "Cam: 1" (video)\n[dshow @ 0a] "Mic" (audio)\n' +
    '[dshow @ 0a]   Alternative name "@device_cm_1"\n';
  assertEquals(parseDshow(text), [{ index: 0, name: "Cam: 1", device: "Cam: 1" }]);
});

Deno.test("parseDshow() reads nothing when there is no camera", () => {
  const none = "[dshow @ 0a] DirectShow video devices\n[dshow @ 0a] Could not enumerate video " +
    'devices (or none found).\n[dshow @ 0a] DirectShow audio devices\n[dshow @ 0a]  "Mic"\n';
  for (const text of [none, "", "Unknown input format: 'dshow'"]) {
    assertEquals(parseDshow(text), []);
  }
});

Deno.test("parseV4l2Sources() reads names by path", () => {
  const text = `Auto-detected sources for video4linux2,v4l2:
  /dev/video2 [HD Pro Webcam C920] (none)
* /dev/video0 [Integrated Camera: Integrated C] (none)
  /dev/video10 [摄像头]
`;
  assertEquals([...parseV4l2Sources(text)], [
    ["/dev/video2", "HD Pro Webcam C920"],
    ["/dev/video0", "Integrated Camera: Integrated C"],
    ["/dev/video10", "摄像头"],
  ]);
  assertEquals(parseV4l2Sources("Auto-detected sources for v4l2:\nCannot list sources.").size, 0);
});

Deno.test("the lists' readers take any text without throwing", () => {
  const words = [AVFOUNDATION, DSHOW_4, DSHOW_5].flatMap((text) => text.split(/(?=[ "[\]\n])/));
  for (let seed = 1; seed <= 200; seed++) {
    const random = createRandom(seed);
    const text = Array.from({ length: 100 }, () => words[random.below(words.length)]).join("");
    for (const device of [...parseAvfoundation(text), ...parseDshow(text)]) {
      assertEquals(Number.isInteger(device.index) && device.device !== "", true, `seed ${seed}`);
    }
    parseV4l2Sources(text);
  }
});

Deno.test("parseCapture() tells nodes that give pictures from others", () => {
  const node = (own: string) =>
    `Driver Info:
\tCapabilities     : 0x84a00001
\t\tVideo Capture
\t\tMetadata Capture
\t\tStreaming
${own}`;
  const caps = (...names: string[]) =>
    `\tDevice Caps      : 0x04\n${names.map((name) => `\t\t${name}\n`).join("")}`;
  assertEquals(parseCapture(node(caps("Video Capture", "Streaming"))), true);
  assertEquals(parseCapture(node(caps("Metadata Capture", "Streaming"))), false);
  assertEquals(parseCapture(node(caps("Video Memory-to-Memory"))), false);
  assertEquals(parseCapture(node(caps("Video Capture Multiplanar"))), false);
  assertEquals(parseCapture(node("")), true, "an old driver");
  assertEquals(parseCapture("Cannot open device /dev/video9, exiting."), undefined);
});
