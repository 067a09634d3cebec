import type { Health } from "../../lib/server/health.ts";
import type { State } from "../../lib/server/state.ts";

/** Figures of `GET /metrics`, each under its name with its labels: `wscam_viewers{camera="test"}`. */
export type Figures = ReadonlyMap<string, number>;

/** A server's own account: its metrics, then its state, then its metrics again. */
export interface Look {
  before: Figures;
  state: State;
  after: Figures;
  health: { status: number; body: Health };
}

/** A server that answers more slowly than this doesn't. */
const PATIENCE_MS = 15_000;

/** Asks a server how it is. */
export async function look(url: string): Promise<Look> {
  const ask = (path: string): Promise<Response> =>
    fetch(`${url}${path}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
  const before = readFigures(await (await ask("/metrics")).text());
  const state = await (await ask("/state")).json();
  const after = readFigures(await (await ask("/metrics")).text());
  const response = await ask("/healthz");
  return { before, state, after, health: { status: response.status, body: await response.json() } };
}

/** One metric of one camera; `NaN` if it is missing. */
export function figureOf(figures: Figures, name: string, camera: string): number {
  return figures.get(`${name}{camera="${camera}"}`) ?? NaN;
}

function readFigures(text: string): Figures {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const at = line.lastIndexOf(" ");
    return [line.slice(0, at), Number(line.slice(at + 1))];
  }));
}
