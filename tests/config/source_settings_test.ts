import { assertEquals } from "@std/assert";
import { splitSettings } from "../../lib/config/source_settings.ts";

const BEHIND: [text: string, settings: [string, string][]][] = [
  ["#resolution=1280x720#rotate=180", [["resolution", "1280x720"], ["rotate", "180"]]],
  ["#fps=2.5", [["fps", "2.5"]]],
  ["#always-on=yes#linger=0", [["always-on", "yes"], ["linger", "0"]]],
  // Wrong, and so told, where a part of the name would be opened in vain.
  ["#fps=", [["fps", ""]]],
  ["#fps=ten !", [["fps", "ten !"]]],
  ["#rotat=90", [["rotat", "90"]]],
  ["#FPS=5", [["FPS", "5"]]],
  ["#resolution=640×480#x=", [["resolution", "640×480"], ["x", ""]]],
];

/** One of each kind, and those with a `#` of their own. */
const SOURCES = [
  "0",
  "test",
  "push",
  "/dev/video0",
  "@device_pnp_\\\\?\\usb#vid_046d&pid_0825#{65e8773d}\\global",
  "HD Webcam",
  "HD Webcam #2",
  "HD Webcam #2 (usb=1)",
  "Logitech C#",
  "film#1.mp4",
  "/films/a#b/c.mp4",
  "/films/a#b=c/d.mp4",
  "C:\\films\\a#1.mp4",
  "rtsp://host/x",
  "rtsp://host/x#",
  "http://host/x?a=1#frag",
  "http://host/x#t=a/b",
  "rtsp://me:pa#ss=wo@host/x",
  "rtsp://me:pa#fps=5@host/x",
  "https://host/x#fingerprint=AB:cd",
  "https://host/x#fingerprint=abcd",
  "nats://host/door",
  "nats://me:pw@host/*",
];

Deno.test("splitSettings() takes settings off the end of every kind of source", async (t) => {
  for (const source of SOURCES) {
    for (const named of [source, `front door=${source}`]) {
      await t.step(named, () => {
        assertEquals(splitSettings(named), { source: named, settings: [] });
        for (const [text, settings] of BEHIND) {
          assertEquals(splitSettings(`${named}${text}`), { source: named, settings });
        }
      });
    }
  }
});

Deno.test("splitSettings() leaves a fingerprint with the address, wherever it stands", () => {
  assertEquals(splitSettings("https://host/x#fps=5#fingerprint=ab#quality=9"), {
    source: "https://host/x#fingerprint=ab",
    settings: [["fps", "5"], ["quality", "9"]],
  });
});
