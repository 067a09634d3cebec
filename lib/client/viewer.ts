import type { ViewerSettings } from "../protocol/viewer_settings.ts";
import { reconnectDelayMs } from "../server/element/link/reconnect.js";
import { addressWith } from "./address.ts";
import { Mailbox } from "./mailbox.ts";
import type { CameraEvent, Picture, VideoPicture, VideoStart } from "./read_message.ts";
import { ViewerConnection } from "./viewer_connection.ts";
import type { ViewerEvent } from "./viewer_event.ts";

export type { CameraEvent, Picture, VideoPicture, VideoStart, ViewerEvent };

/**
 * Watches a camera: pictures as they arrive, the newest only when they arrive faster than they are
 * read. It reconnects until the signal is aborted, and acknowledges pictures, so that a slow link
 * means fewer pictures and not older ones.
 *
 * ```ts
 * import { view } from "./viewer.ts";
 *
 * const signal = AbortSignal.timeout(60_000);
 * for await (const event of view("ws://localhost:8765", signal, { fps: 5 })) {
 *   if (event.type === "picture") await Deno.writeFile("now.jpg", event.jpeg);
 * }
 * ```
 *
 * @param url a server's WebSocket, `ws://HOST:8765/?camera=NAME`
 * @param settings the settings to ask for, unless the address has them; by default `ack` is true and
 *   `format` is `binary`
 * @throws {TypeError} when the address is invalid
 */
export async function* view(
  url: string,
  signal: AbortSignal,
  settings: Partial<ViewerSettings> = {},
): AsyncGenerator<ViewerEvent, void> {
  const address = addressWith(url, settings);
  const mailbox = new Mailbox();
  const wake = (): void => mailbox.wake();
  signal.addEventListener("abort", wake);
  try {
    for (let failures = 0; !signal.aborted; failures++) {
      // Node knows no `using` yet.
      const connection = new ViewerConnection(address, mailbox);
      try {
        for (let event = await mailbox.take(signal); event; event = await mailbox.take(signal)) {
          if (event.type === "connected") failures = 0;
          if (event.type !== "disconnected") {
            yield event;
            continue;
          }
          // A code above 0 comes from the peer that disconnected.
          const retryMs = Math.max(reconnectDelayMs(failures), event.retryMs);
          yield { ...event, retryMs };
          connection.close();
          await mailbox.wait(retryMs, signal);
          break;
        }
      } finally {
        connection.close();
      }
    }
  } finally {
    signal.removeEventListener("abort", wake);
  }
}
