import { fileURLToPath } from "node:url";
import { PYTHON } from "../../../scripts/needs/python.ts";

const SCRIPT = fileURLToPath(new URL("rtsp_server.py", import.meta.url));

/** An RTSP camera. */
export interface RtspServer extends AsyncDisposable {
  /** Its address. */
  readonly url: string;
  /** Its process. */
  readonly pid: number;
}

/**
 * Starts an RTSP camera of GStreamer's on a free port, whose pictures {@linkcode takenAt} reads.
 *
 * @param files JPEG files to send in place of those
 */
export async function startRtspServer(
  codec: "h264" | "h264-30" | "h264-b" | "mjpeg",
  files: readonly string[] = [],
): Promise<RtspServer> {
  const child = new Deno.Command(PYTHON, {
    args: [SCRIPT, "0", codec, ...files],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const port = Number(new TextDecoder().decode(value));
  return {
    url: `rtsp://127.0.0.1:${port}/cam`,
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await reader.cancel();
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended already.
      }
      await child.status;
    },
  };
}
