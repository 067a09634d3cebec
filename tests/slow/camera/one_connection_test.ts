import { assertEquals } from "@std/assert";
import { loadSource } from "../../../lib/camera/source_kinds.ts";
import { DEFAULT_CAPTURE } from "../../../lib/frame/change_capture.ts";
import { readFragment } from "../../../lib/h264/read_fragment.ts";
import { startSender } from "../../testutil/camera/sender.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";

const X264 = ["-tune", "zerolatency", "-g", "20"];
const SENDERS = {
  "MPEG-TS": [...X264, "-f", "mpegts"],
  "H.264 without a container": [...X264, "-an", "-f", "h264"],
  "JPEG": ["-an", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-f", "mjpeg"],
};

for (const [name, args] of Object.entries(SENDERS)) {
  for (const format of ["h264", "binary"]) {
    testWith(
      ["ffmpeg"],
      `a sender that ends with its first connection is shown: ${name}, as ${format}`,
      async () => {
        if (Deno.build.os !== "linux") return;
        await using sender = await startSender((port) => `tcp://127.0.0.1:${port}?listen=1`, args);
        const url = `tcp://127.0.0.1:${sender.port}`;
        const open = await loadSource({ kind: "url", url });
        const source = open(DEFAULT_CAPTURE, { ffmpeg: "ffmpeg" });
        await using server = await startTestServer({ source });
        await using viewer = await openViewer(`${server.ws}/?format=${format}`);
        const isVideo = format === "h264";
        const count = (): number =>
          viewer.files.filter((file) => (readFragment(file) !== undefined) === isVideo).length;
        await eventually(() => count() > 20);
        // A viewer that wants the other form gets it over the same connection.
        await using other = await openViewer(`${server.ws}/?format=${isVideo ? "binary" : "h264"}`);
        await eventually(() => other.files.length > 10);
        const before = count();
        await eventually(() => count() > before + 10);
        assertEquals(viewer.errors().concat(other.errors()), []);
      },
    );
  }
}
