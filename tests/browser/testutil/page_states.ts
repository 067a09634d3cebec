import { encodeBase64 } from "@std/encoding/base64";
import { encodeJpeg } from "../../../lib/jpeg/imagescript/encode_jpeg.ts";
import { plain } from "../../../lib/server/answers.ts";
import { createPage } from "../../../lib/server/page/page.ts";
import { reasonHeader } from "../../../lib/server/refusal/reason.ts";
import { forVisitor } from "../../../lib/server/refusal/refusal_page.ts";

/** A server with a folder for each state that the page can be in: `/live/`, `/failed/`, … */
export interface PageStates extends AsyncDisposable {
  /** Its address, without a slash at the end. */
  readonly url: string;
}

/** The behaviour of a camera in a state. */
interface Act {
  name: string;
  /** The size of its pictures. */
  size?: readonly [number, number];
  /** How long it sends pictures: not at all, until one has been shown, or for ever. @default {"always"} */
  sends?: "never" | "once" | "always";
  /** Its pictures are black. */
  isBlack?: boolean;
  /** Why it fails, after its pictures. */
  code?: string;
  /** When it is tried again, in seconds from now. */
  retryIn?: number;
  /** A program says what it sees in the pictures. */
  isAnnotated?: boolean;
}

const REASON = "is used by another program (firefox, process 4321): close that one";
const LONG = "Hintereingang Lagerhalle Nordwest 2";

/** The cameras of each folder. */
const SCENES: Readonly<Record<string, readonly Act[]>> = {
  live: [{ name: "front door" }],
  annotated: [{ name: "front door", isAnnotated: true }],
  two: [{ name: "front door" }, { name: LONG }],
  waiting: [{ name: "front door", sends: "never" }],
  failed: [{ name: "front door", sends: "never", code: "busy", retryIn: 40 }],
  trying: [{ name: LONG, sends: "never", code: "unreachable", retryIn: -1 }],
  stale: [{ name: "front door", sends: "once" }],
  broken: [{ name: "front door", sends: "once", code: "gone", retryIn: 40 }],
  missing: [],
  portrait: [{ name: "hall", size: [360, 640] }],
  wide: [{ name: "yard", size: [1600, 320] }],
  five: [
    { name: "front door" },
    { name: "black", isBlack: true },
    { name: "empty", sends: "never" },
    { name: "stale", sends: "once" },
    { name: LONG, sends: "never", code: "permission", retryIn: 40 },
  ],
  nine: Array.from({ length: 9 }, (_, i) => ({ name: `camera ${i + 1}` })),
};
/** The answer of a folder to everything but the page. */
const REFUSALS: Readonly<Record<string, () => Response>> = {
  token: () => plain(401, "A token is needed", reasonHeader("token-needed")),
  ended: () => plain(403, "This link has ended", reasonHeader("link-ended")),
  refused: () =>
    plain(
      403,
      "A web page may not look",
      reasonHeader("foreign-page", { origin: "https://dashboard.example.org" }),
    ),
  full: () => plain(503, "No seat", { "retry-after": "40", ...reasonHeader("full") }),
  guesses: () =>
    plain(429, "Too many", {
      "retry-after": "40",
      ...reasonHeader("too-many-guesses", { seconds: 40 }),
    }),
  nothing: () => plain(404, "Not found", reasonHeader("not-found")),
};
const EVERY_MS = 150;

/** Every folder. */
export const STATES: readonly string[] = [...Object.keys(SCENES), ...Object.keys(REFUSALS)];

/** Starts it. `/visit/NAME` is what somebody gets who opens an address that is refused. */
export async function startPageStates(): Promise<PageStates> {
  const page = await createPage();
  const jpegs = new Map<string, string>();
  const jpegOf = async ({ size: [width, height] = [640, 480], isBlack = false }: Act) => {
    const key = `${width}x${height} ${isBlack}`;
    const known = jpegs.get(key);
    if (known !== undefined) return known;
    const made = encodeBase64(await encodeJpeg(draw(width, height, isBlack), 70));
    jpegs.set(key, made);
    return made;
  };
  const sockets = new Set<WebSocket>();
  const play = async (request: Request, acts: readonly Act[]): Promise<Response> => {
    const wanted = new URL(request.url).searchParams.get("camera") ?? acts[0]?.name;
    const act = acts.find(({ name }) => name === wanted);
    const jpeg = act === undefined ? "" : await jpegOf(act);
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
    sockets.add(socket);
    perform(socket, { act, acts, jpeg });
    socket.addEventListener("close", () => sockets.delete(socket));
    return response;
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const url = new URL(request.url);
    const [, folder = "", file = ""] = url.pathname.split("/");
    if (folder === "visit") {
      return forVisitor(REFUSALS[file]?.() ?? plain(404, ""), { headers: request.headers, url });
    }
    const isPage = file === "" && !request.headers.has("upgrade");
    if (isPage) return page();
    const refusal = REFUSALS[folder]?.();
    if (refusal !== undefined) return refusal;
    const acts = SCENES[folder] ?? [];
    if (request.headers.has("upgrade")) return play(request, acts);
    const list = acts.map(({ name, sends = "always" }) => ({
      name,
      fps: sends === "always" ? 10 : null,
    }));
    return Response.json(list);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.close();
      await server.shutdown();
    },
  };
}

/** Plays a camera to one viewer. */
function perform(
  socket: WebSocket,
  { act, acts, jpeg }: { act: Act | undefined; acts: readonly Act[]; jpeg: string },
): void {
  const { sends = "always", code } = act ?? { sends: "never", code: "missing" };
  const say = (message: object): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const retryAt = Date.now() / 1000;
  let sequence = 0;
  let isOver = sends === "never";
  const end = (): void => {
    isOver = true;
    if (code !== undefined) say({ type: "error", message: `Camera ${REASON}` });
  };
  if (isOver) socket.onopen = end;
  const timer = setInterval(() => {
    if (isOver) return;
    const timestamp = Date.now() / 1000;
    say({ type: "image", data: jpeg, timestamp, sequence: ++sequence });
    if (act?.isAnnotated) say({ type: "annotation", timestamp, ...SEEN });
  }, EVERY_MS);
  socket.onclose = () => clearInterval(timer);
  socket.onmessage = ({ data }) => {
    const { type, id } = JSON.parse(data);
    if (type === "ping") say({ type: "pong", id, timestamp: Date.now() / 1000 });
    if (type === "ack" && sends === "once" && !isOver) end();
    if (type === "configure") say({ type: "configured", id });
    if (type === "control") say({ type: "controlled", id, controls: CONTROLS });
    if (type === "status") {
      const cameras = acts.map((each) => ({
        name: each.name,
        state: each.code === undefined ? "live" : "failed",
        code: each.code ?? null,
        reason: each.code === undefined ? null : REASON,
        "retry_at": retryAt + (each.retryIn ?? 0),
      }));
      say({ type: "status", id, cameras });
    }
  };
}

/** Boxes everywhere, over light and dark, with words that are longer than they. */
const SEEN = {
  for: 5,
  text: "2 Personen, 1 Katze · 两个人，一只猫 · " + "the rest of this is only long ".repeat(6),
  boxes: [
    { x: 0, y: 0, width: 0.2, height: 0.3, label: "person", score: 0.98 },
    { x: 0.4, y: 0.3, width: 0.25, height: 0.5, label: "Katze auf der Fensterbank", score: 0.41 },
    { x: 0.85, y: 0.6, width: 0.15, height: 0.4, label: "行人", score: 0.7 },
    { x: 0.7, y: 0.1, width: 0.02, height: 0.02 },
  ],
};

const CONTROLS = {
  resolution: {
    type: "choice",
    value: "640x480",
    choices: ["640x480", "1280x720"].map((value) => ({ value, label: value })),
  },
  quality: {
    type: "integer",
    value: null,
    default: null,
    automatic: null,
    min: 0,
    max: 100,
    step: 1,
  },
  brightness: { type: "integer", value: 140, default: 128, min: 0, max: 255, step: 1 },
  "focus_automatic_continuous": { type: "boolean", value: true, default: true },
};

/** A picture with light and dark in it. */
function draw(
  width: number,
  height: number,
  isBlack: boolean,
): { data: Uint8Array<ArrayBuffer>; width: number; height: number } {
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width / width, Math.floor(i / width) / height];
    const sky = y < 0.6 ? [120 + 90 * y, 170 + 60 * y, 235] : [70 + 60 * x, 110 - 40 * y, 50];
    data.set(isBlack ? [0, 0, 0, 255] : [...sky, 255], 4 * i);
  }
  return { data, width, height };
}
