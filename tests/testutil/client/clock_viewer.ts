import { readComment } from "../../../lib/jpeg/comment.ts";
import { takenAt } from "../picture/clock_picture.ts";

/** One picture as it came. In seconds since 1970. */
export interface Seen {
  /** When it came. */
  arrived: number;
  /** The time of capture by the server's words. */
  timestamp: number;
  /** When it was taken, which it shows. */
  taken: number;
}

/** Watches a camera whose pictures tell when they were taken. */
export interface ClockViewer extends AsyncDisposable {
  /** Pictures so far. */
  readonly count: number;
  /** All of them, from the first that came at that time or later, in seconds since 1970. */
  since(time: number): Promise<Seen[]>;
}

/** Connects, and keeps every picture. */
export async function openClockViewer(url: string): Promise<ClockViewer> {
  const socket = new WebSocket(`${url}/?format=binary`);
  socket.binaryType = "arraybuffer";
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const pictures: { arrived: number; jpeg: Uint8Array<ArrayBuffer> }[] = [];
  socket.onopen = () => opened.resolve();
  socket.onclose = () => closed.resolve();
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") return;
    pictures.push({ arrived: Date.now() / 1000, jpeg: new Uint8Array(data) });
  };
  await opened.promise;
  return {
    get count() {
      return pictures.length;
    },
    async since(time) {
      const seen: Seen[] = [];
      for (const { arrived, jpeg } of pictures.filter(({ arrived }) => arrived >= time)) {
        const { timestamp } = JSON.parse(readComment(jpeg) ?? "{}");
        seen.push({ arrived, timestamp, taken: await takenAt(jpeg) });
      }
      return seen;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await closed.promise;
    },
  };
}
