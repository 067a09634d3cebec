import { assertEquals } from "@std/assert";
import { splitCameras } from "../../lib/config/split_cameras.ts";

Deno.test("splitCameras() cuts where another source begins", async (t) => {
  const cases: [string, string[]][] = [
    ["0", ["0"]],
    ["0,1", ["0", "1"]],
    ["a=test, b=0", ["a=test", "b=0"]],
    ["0,,1", ["0", "", "1"]],
    ["HD Webcam,test", ["HD Webcam", "test"]],
    ["rtsp://h/x,0", ["rtsp://h/x", "0"]],
    ["rtsp://h,0,test", ["rtsp://h", "0", "test"]],
    ["rtsp://h/x,push", ["rtsp://h/x", "push"]],
    ["rtsp://h/x,TEST#fps=5,Push", ["rtsp://h/x", "TEST#fps=5", "Push"]],
    ["rtsp://h/x,,0", ["rtsp://h/x", "", "0"]],
    ["rtsp://h/x,", ["rtsp://h/x", ""]],
    ["rtsp://h:554/x,door=0", ["rtsp://h:554/x", "door=0"]],
    ["rtsp://h/x,HTTP://u:p@h/y", ["rtsp://h/x", "HTTP://u:p@h/y"]],
    ["rtsp://h,door=rtsp://u:p@h/y", ["rtsp://h", "door=rtsp://u:p@h/y"]],
    ["rtsp://h:554/x,/media/a@b.mp4", ["rtsp://h:554/x", "/media/a@b.mp4"]],
    ["rtsp://h/x,C:\\film.mp4", ["rtsp://h/x", "C:\\film.mp4"]],
    ["http://h/x, HD Webcam", ["http://h/x", "HD Webcam"]],
    ["http://h/x?a=1,/dev/video0,test", ["http://h/x?a=1", "/dev/video0", "test"]],
    ["nats://h/*,nats://u:p@i/door", ["nats://h/*", "nats://u:p@i/door"]],
  ];
  for (const [text, entries] of cases) {
    await t.step(text, () => assertEquals(splitCameras(text), entries));
  }
});

Deno.test("splitCameras() leaves an address whole", async (t) => {
  const addresses = [
    "rtsp://admin:1234,56@H/x",
    "rtsp://admin:,@H/x",
    "rtsp://a,b:1,0,test@H/x",
    "rtsp://admin:a=b,c=d@H:554/x",
    "rtsp://admin:1,/dev/video0@H/x",
    "tls://me:1,2@H:4222/door",
    "http://H/cgi?resolution=640,480",
    "http://H/cgi?resolution=640,480&fps=5",
    "http://H/a,b/c.jpg",
    "http://H/1,2/c.jpg",
    "http://H/c.jpg?a=1,pushed",
    // Not as it should be written, and so refused: no part of it may be taken for a name.
    "rtsp://admin:pass/wo,rd@H/x",
    "rtsp://admin:pass?wo,rd,0@H/x",
  ];
  for (const address of addresses) {
    for (const entry of [address, `front door=${address}`]) {
      await t.step(entry, () => {
        assertEquals(splitCameras(entry), [entry]);
        assertEquals(splitCameras(`test,${entry},b=0`), ["test", entry, "b=0"]);
        assertEquals(splitCameras(`${entry},${entry}`), [entry, entry]);
      });
    }
  }
});
