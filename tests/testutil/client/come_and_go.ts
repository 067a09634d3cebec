import { eventually } from "../eventually.ts";
import { openViewer } from "./messages.ts";
import { openRaw } from "./raw_socket.ts";

/** The server that they connect to. */
export interface ComeAndGoOptions {
  /** The server's, on 127.0.0.1. */
  port: number;
  /** With the query. @default {"/"} */
  path?: string;
}

/** Viewers come and go, twenty at a time: some say goodbye, some vanish; some read, some don't. */
export async function comeAndGo(
  times: number,
  { port, path = "/" }: ComeAndGoOptions,
): Promise<void> {
  for (let i = 0; i < times; i += 20) {
    await Promise.all(Array.from({ length: 20 }, async (_, j) => {
      if (j % 2) {
        await using viewer = await openViewer(`ws://127.0.0.1:${port}${path}`);
        // A picture, or the report that there is none.
        if (j % 4 === 1) await eventually(() => viewer.messages.length > 0);
      } else {
        using raw = await openRaw(port);
        if (j % 3) await raw.shake(path);
      }
    }));
  }
}
