/** A line to a server on loopback that carries only a limited rate from it. */
export interface SlowLine extends AsyncDisposable {
  /** The address of its near end, as `HOST:PORT`. */
  readonly host: string;
}

/** The bytes that are carried at once; a hundredth of a second at 1 MB/s. */
const PIECE = 8 * 1024;

/** Starts a line to a port on loopback; `bytesPerSecond` limits what comes from there. */
export function startSlowLine(port: number, bytesPerSecond: number): SlowLine {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const running = new Set<Promise<void>>();
  async function carry(from: Deno.Conn, to: Deno.Conn, pauseMs: number): Promise<void> {
    try {
      const buffer = new Uint8Array(PIECE);
      for (;;) {
        const length = await from.read(buffer);
        if (length === null) break;
        for (let sent = 0; sent < length;) sent += await to.write(buffer.subarray(sent, length));
        if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    } catch {
      // One of the two has gone; the other one has to know.
    } finally {
      for (const each of [from, to]) if (open.delete(each)) each.close();
    }
  }
  const accepting = (async () => {
    for await (const near of listener) {
      const far = await Deno.connect({ hostname: "127.0.0.1", port });
      open.add(near).add(far);
      for (const way of [carry(near, far, 0), carry(far, near, PIECE * 1000 / bytesPerSecond)]) {
        running.add(way);
        void way.then(() => running.delete(way));
      }
    }
  })().catch(() => {});
  return {
    host: `127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const each of open) each.close();
      open.clear();
      await Promise.all(running);
    },
  };
}
