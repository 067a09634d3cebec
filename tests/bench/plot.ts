import type { FanOut } from "./fan_out.ts";

const WIDTH = 720;
const HEIGHT = 400;
const MARGIN = { left: 56, right: 16, top: 44, bottom: 44 };
const COLOURS = ["#1d6fd0", "#c2410c", "#15803d"];

/** Draws processor against viewers as SVG: the server as a line, its floor dashed. */
export function plotFanOut(points: readonly FanOut[]): string {
  const most = Math.max(...points.map(({ viewers }) => viewers));
  const high = Math.max(...points.map(({ load }) => load)) * 1.1;
  const x = (viewers: number): number =>
    MARGIN.left + viewers / most * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (load: number): number =>
    HEIGHT - MARGIN.bottom - load / high * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const streams = [...Map.groupBy(points, ({ stream }) => stream)];
  const parts = streams.flatMap(([stream, each], i) => {
    const colour = COLOURS[i % COLOURS.length] ?? "";
    const path = (value: (point: FanOut) => number): string =>
      each.map((point) => `${x(point.viewers).toFixed(1)},${y(value(point)).toFixed(1)}`).join(" ");
    return [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${path((p) => p.load)}"/>`,
      `<polyline fill="none" stroke="${colour}" stroke-dasharray="5 4" points="${
        path((p) => p.floor)
      }"/>`,
      ...each.map((p) => `<circle r="4" fill="${colour}" cx="${x(p.viewers)}" cy="${y(p.load)}"/>`),
      text(MARGIN.left + 8, MARGIN.top + 14 + 18 * i, `${stream} (dashed: the floor)`, colour),
    ];
  });
  const marks = [...new Set(points.map(({ viewers }) => viewers))].map((viewers) =>
    text(x(viewers) - 8, HEIGHT - MARGIN.bottom + 18, String(viewers), "#555")
  );
  const loads = [0, 0.25, 0.5, 0.75].map((part) => Math.round(part * high * 100) / 100).map((
    load,
  ) => text(8, y(load) + 4, `${Math.round(load * 100)} %`, "#555"));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(MARGIN.left, 22, "Server's processor, % of a core, by viewers", "#111"),
    `<path stroke="#999" fill="none" d="M${MARGIN.left} ${MARGIN.top}V${y(0)}H${
      WIDTH - MARGIN.right
    }"/>`,
    ...parts,
    ...marks,
    ...loads,
    "</svg>",
    "",
  ].join("\n");
}

function text(x: number, y: number, words: string, colour: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${colour}">${words}</text>`;
}
