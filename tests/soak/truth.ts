import type { CameraState, State } from "../../lib/server/state.ts";
import { figureOf, type Look } from "./look.ts";

/** A viewer that has watched all along, as the soak knows it. */
export interface Watcher {
  /** As `/state` has it. */
  address: string;
  /** Pictures that it had when the server was asked. */
  received: number;
}

/** Figures that the state and the metrics share. */
const SAME: readonly [field: "frames" | "broken" | "encoded" | "skipped" | "restarts", string][] = [
  ["frames", "wscam_frames_captured_total"],
  ["broken", "wscam_frames_broken_total"],
  ["encoded", "wscam_frames_encoded_total"],
  ["skipped", "wscam_frames_skipped_total"],
  ["restarts", "wscam_camera_restarts_total"],
];

/** Finds contradictions within one look. */
export function contradictions(look: Look): string[] {
  return look.state.cameras.flatMap((camera) => [
    ...SAME.flatMap(([field, figure]) => apart(look, camera, { figure, value: camera[field] })),
    ...wrongMood(look, camera),
  ]);
}

/** The state was read between the metrics, and so must be what it tells. */
function apart(
  { before, after }: Look,
  { name }: CameraState,
  { figure, value }: { figure: string; value: number },
): string[] {
  const [low, high] = [figureOf(before, figure, name), figureOf(after, figure, name)];
  if (low <= value && value <= high) return [];
  return [`${figure} of ${name} was ${low}, then ${high}, and ${value} in the state meanwhile`];
}

function wrongMood({ before, after }: Look, { name, state, reason }: CameraState): string[] {
  const wrong = (["live", "failed"] as const).filter((mood) => {
    const figures = [before, after].map((each) => figureOf(each, `wscam_camera_${mood}`, name));
    // It may have changed meanwhile.
    return figures.every((figure) => figure !== Number(state === mood));
  }).map((mood) => `wscam_camera_${mood} of ${name} contradicts its state '${state}'`);
  const hasReason = reason !== null;
  return hasReason === (state === "failed")
    ? wrong
    : [...wrong, `${name} is ${state}, with reason ${reason}`];
}

/** Finds counts that have fallen from one look to the next. */
export function regressions(earlier: Look, later: Look): string[] {
  const figures = [...earlier.after].filter(([name, value]) =>
    /_(total|bucket|count|sum)(\{|$)/.test(name) && (later.before.get(name) ?? NaN) < value
  ).map(([name, value]) => `${name} fell from ${value} to ${later.before.get(name)}`);
  const gone = [...earlier.after.keys()].filter((name) => !later.before.has(name));
  const known = new Map(later.state.viewers.map((viewer) => [keyOf(viewer), viewer]));
  const viewers = earlier.state.viewers.flatMap((viewer) => {
    const now = known.get(keyOf(viewer)) ?? viewer;
    return (["sent", "dropped", "bytes"] as const).filter((field) => now[field] < viewer[field])
      .map((field) => `'${field}' of viewer ${viewer.address} fell`);
  });
  return [...figures, ...gone.map((name) => `${name} is gone`), ...viewers];
}

function keyOf({ address, camera }: State["viewers"][number]): string {
  return `${address} ${camera}`;
}

/** Why a look doesn't show that a camera is down, which it is. */
export function notDown({ state, before, health }: Look, name: string): string[] {
  const camera = state.cameras.find((each) => each.name === name);
  return [
    ...said(camera?.state === "failed", `${name} is down, and its state is '${camera?.state}'`),
    ...said(typeof camera?.["retry_at"] === "number", `${name} is down, and has no 'retry_at'`),
    ...said(figureOf(before, "wscam_camera_failed", name) === 1, `${name} is down, not by metrics`),
    ...said(health.status === 503, `${name} is down, and /healthz answers ${health.status}`),
    ...said(
      health.body.problems.some(({ camera }) => camera === name),
      `${name} is down, and /healthz doesn't name it`,
    ),
  ];
}

/** Why a look doesn't show that everything is well, and nobody there but those who have watched all along. */
export function notAtRest({ state, after, health }: Look, watchers: readonly Watcher[]): string[] {
  const expected = watchers.map(({ address }) => address).sort();
  const actual = state.viewers.map(({ address }) => address).sort();
  const extra = actual.filter((address) => !expected.includes(address));
  const missing = expected.filter((address) => !actual.includes(address));
  return [
    ...said(extra.length === 0, `viewers that have gone are there: ${extra.join(", ")}`),
    ...said(missing.length === 0, `viewers that are there are gone: ${missing.join(", ")}`),
    ...said(health.status === 200, `/healthz answers ${health.status} although all is well`),
    ...state.cameras.flatMap(({ name, state: mood, viewers }) => [
      ...said(mood === "live", `${name} is well, and its state is '${mood}'`),
      ...said(
        figureOf(after, "wscam_viewers", name) === viewers,
        `wscam_viewers of ${name} isn't ${viewers}`,
      ),
    ]),
  ];
}

/** Finds viewers who had received more than the state says was sent. */
export function receivedMore({ state }: Look, watchers: readonly Watcher[]): string[] {
  return watchers.flatMap(({ address, received }) => {
    const sent = state.viewers.find((viewer) => viewer.address === address)?.sent ?? NaN;
    return said(!(received > sent), `${address} has ${received} pictures, was sent ${sent}`);
  });
}

/** Finds cameras whose count differs from that of their viewers, none of whom has ever left. */
export function wrongSum({ before, state, after }: Look, camera: string): string[] {
  const own = state.viewers.filter((viewer) => viewer.camera === camera);
  const sum = own.reduce((total, { sent }) => total + sent, 0);
  const name = "wscam_frames_sent_total";
  const [low, high] = [figureOf(before, name, camera), figureOf(after, name, camera)];
  return said(
    low <= sum && sum <= high,
    `${name} of ${camera} was ${low}, then ${high}, and its viewers were sent ${sum} meanwhile`,
  );
}

function said(isSo: boolean, words: string): string[] {
  return isSo ? [] : [words];
}
