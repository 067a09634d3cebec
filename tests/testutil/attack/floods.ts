import { sleep } from "../../../lib/time/sleep.ts";
import { openRaw, type RawSocket } from "../client/raw_socket.ts";
import { websocketFrame } from "../client/websocket_frame.ts";

/** Clients that ask for work without end. */
export interface Flood {
  /** The clients, in words. */
  name: string;
  /** Goes on until told to end, and closes all its clients. */
  run(port: number, options: FloodOptions): Promise<void>;
}

export interface FloodOptions {
  /** Ends it. */
  signal: AbortSignal;
  /**
   * The number of clients that do it at the same time.
   *
   * @default {1}
   */
  clients?: number;
  /** Which camera they watch. @default the first */
  camera?: string;
}

/** The messages of one client, and how many a second. */
type Command = (count: number) => Record<string, unknown>;

/** Less than any camera has: each is another rendition. */
const WIDTHS = { least: 100, step: 3, count: 60 };
/** As many as there may be renditions of a camera beside its own. */
const SEVEN = 7;
/** At 0.1 a second, a picture of each rendition costs next to nothing, and the rendition is taken all the same. */
const SELDOM = "&fps=0.1";

/** Three values: after any number of seconds, each differs from the previous one. */
const FLIPS = ["h", "v", "hv"];

/** The floods of commands and of questions that a server has to bear. */
export const FLOODS: readonly Flood[] = [
  commands(
    "240 'configure' a second, each with another width or quality",
    240,
    (count) => ({
      type: "configure",
      ...(count % 2 === 0 ? { width: widthOf(count) } : { quality: count % 90 }),
    }),
  ),
  commands("50 'configure' a second, each with another width", 50, (count) => ({
    type: "configure",
    width: widthOf(count),
  })),
  commands("'control' with another 'flip' 20 times a second", 20, (count) => ({
    type: "control",
    set: { flip: FLIPS[count % FLIPS.length] },
  })),
  commands(
    "200 'control' a second that change nothing",
    200,
    () => ({ type: "control", set: {} }),
  ),
  commands(
    "200 'control' a second that ask what can be set",
    200,
    () => ({ type: "control" }),
  ),
  commands("200 'status' a second", 200, () => ({ type: "status" })),
  questions(
    "seven that poll '/snapshot?width=', another width each time",
    SEVEN,
    (client, count) => {
      return `/snapshot?width=${widthOf(client * 13 + count)}`;
    },
  ),
  questions(
    "seven that poll '/snapshot?width=160'",
    SEVEN,
    () => "/snapshot?width=160",
  ),
  viewers("seven viewers of seven widths, one picture in ten seconds", SELDOM),
  viewers("seven viewers of seven widths", ""),
  { name: "a viewer that reads slowly", run: readSlowly },
];

function widthOf(count: number): number {
  return WIDTHS.least + WIDTHS.step * (count % WIDTHS.count);
}

/** Viewers that send a command this often, and read everything. */
function commands(name: string, perSecond: number, command: Command): Flood {
  return {
    name,
    run: (port, { signal, clients = 1, camera }) =>
      together(clients, async () => {
        using raw = await openRaw(port);
        await raw.shake(pathOf(camera));
        const read = raw.drain();
        const start = performance.now();
        for (let count = 0; !signal.aborted; await sleep(10, signal)) {
          const due = (performance.now() - start) / 1000 * perSecond;
          for (; count < due; count++) {
            const fields = {
              ...command(count),
              ...(camera === undefined ? {} : { camera }),
            };
            if (!await sent(raw, websocketFrame(JSON.stringify(fields)))) {
              return;
            }
          }
        }
        raw[Symbol.dispose]();
        await read;
      }),
  };
}

/** The server may close a client that asks too much. */
async function sent(raw: RawSocket, frame: Uint8Array): Promise<boolean> {
  try {
    await raw.write(frame);
    return true;
  } catch {
    return false;
  }
}

/** Programs that ask for a picture as soon as they have the last one. */
function questions(
  name: string,
  count: number,
  pathAt: (client: number, count: number) => string,
): Flood {
  return {
    name,
    run: (port, { signal, clients = 1, camera }) =>
      together(clients * count, async (client) => {
        for (let asked = 0; !signal.aborted; asked++) {
          const path = pathAt(client, asked) +
            (camera === undefined ? "" : `&camera=${camera}`);
          await fetch(`http://127.0.0.1:${port}${path}`, { signal })
            .then((response) => response.bytes()).catch(() => {});
        }
      }),
  };
}

/** Viewers of as many renditions as there may be. */
function viewers(name: string, query: string): Flood {
  return {
    name,
    run: (port, { signal, clients = 1, camera }) =>
      together(clients * SEVEN, async (client) => {
        using raw = await openRaw(port);
        await raw.shake(`${pathOf(camera)}&width=${widthOf(client)}${query}`);
        const read = raw.drain();
        await sleep(1e9, signal);
        raw[Symbol.dispose]();
        await read;
      }),
  };
}

/** At most 64 KiB a second. */
function readSlowly(
  port: number,
  { signal, clients = 1, camera }: FloodOptions,
): Promise<void> {
  return together(clients, async () => {
    using raw = await openRaw(port);
    await raw.shake(pathOf(camera));
    while (!signal.aborted && (await raw.readSome()).length > 0) {
      await sleep(1000, signal);
    }
  });
}

function pathOf(camera: string | undefined): string {
  return camera === undefined ? "/?from=flood" : `/?camera=${camera}`;
}

async function together(
  count: number,
  fn: (index: number) => Promise<void>,
): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, i) => fn(i)));
}
