import { eventually } from "../eventually.ts";
import { freePort } from "../relay/nats.ts";

/** A live stream in H.264 with sound, for one client: it ends with its connection. */
export async function startSender(
  address: (port: number) => string,
  args: readonly string[],
): Promise<{ port: number } & AsyncDisposable> {
  const port = freePort();
  const input = [
    "-re",
    "-f",
    "lavfi",
    "-i",
    "testsrc2=s=160x120:r=20",
    "-f",
    "lavfi",
    "-i",
    "sine",
  ];
  const made = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"];
  const process = new Deno.Command("ffmpeg", {
    args: ["-v", "error", "-nostdin", ...input, ...made, ...args, address(port)],
    stdin: "null",
    stderr: "null",
  }).spawn();
  await eventually(async () => await isListening(port));
  return {
    port,
    async [Symbol.asyncDispose]() {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended with its connection.
      }
      await process.status;
    },
  };
}

/** Whether somebody listens there, without a connection, of which there can be only one. */
async function isListening(port: number): Promise<boolean> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const table = await Deno.readTextFile("/proc/net/tcp");
  return new RegExp(`: [0-9A-F]{8}:${hex} [0-9A-F:]+ 0A `).test(table);
}
