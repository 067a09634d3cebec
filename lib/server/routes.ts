import { STATUS_CODE } from "@std/http/status";
import { quote } from "../protocol/quote.ts";
import { isWebSocket } from "./access/asking_page.ts";
import type { Question } from "./access/decide.ts";
import { actionOf } from "./pictures/action.ts";
import { plain } from "./answers.ts";
import { answerCameras } from "./camera_list.ts";
import { answerElement } from "./element/answer_element.ts";
import { answerHealth } from "./health.ts";
import { answerStream } from "./pictures/mjpeg.ts";
import { answerMp4 } from "./pictures/mp4.ts";
import { answerPush, explainPush } from "./websocket/push.ts";
import { reasonHeader } from "./refusal/reason.ts";
import type { Route } from "./route.ts";
import { answerSnapshot } from "./pictures/snapshot.ts";
import { answerState } from "./state.ts";
import { answerWebSocket } from "./websocket/websocket.ts";

/**
 * Everything that is answered. The same row decides on access and answers, so nothing can be
 * reached by one rule and judged by another.
 */
export const ROUTES: readonly Route[] = [
  { path: "/push", isWebSocket: true, methods: ["GET"], who: "owner", answer: answerPush },
  { path: "*", isWebSocket: true, methods: ["GET"], who: "guests", answer: answerWebSocket },
  {
    path: "/stream",
    aliases: ["/stream.mjpg"],
    action: "stream",
    who: "guests",
    isCrossOrigin: true,
    isEndless: true,
    answer: answerStream,
  },
  {
    path: "/stream.mp4",
    who: "guests",
    isCrossOrigin: true,
    isEndless: true,
    answer: answerMp4,
  },
  {
    path: "/snapshot",
    aliases: ["/snapshot.jpg"],
    action: "snapshot",
    who: "guests",
    isCrossOrigin: true,
    answer: answerSnapshot,
  },
  { path: "/", who: "guests", isPage: true, answer: (_, { page }) => page() },
  { path: "/wscam.js", who: "guests", isCrossOrigin: true, answer: answerElement },
  { path: "/cameras", who: "guests", isCrossOrigin: true, answer: answerCameras },
  { path: "/state", who: "owner", isCrossOrigin: true, answer: answerState },
  {
    path: "/metrics",
    who: "owner",
    answer: ({ cameras }, { metrics }) => metrics.response(cameras.all),
  },
  { path: "/push", who: "owner", answer: explainPush },
  { path: "/healthz", who: "everybody", answer: answerHealth },
];

const NOT_FOUND: Route = {
  path: "*",
  who: "owner",
  answer: () =>
    plain(
      STATUS_CODE.NotFound,
      "Not found: the page is at /, the cameras are at /cameras, pictures at /stream and /snapshot",
      reasonHeader("not-found"),
    ),
};
const NO_ACTION: Route = {
  path: "/",
  who: "guests",
  answer: ({ url: { searchParams } }) => {
    const known = ROUTES.flatMap(({ action }) => action === undefined ? [] : [quote(action)]);
    const rule = `'action' must be ${known.join(" or ")}, for the Nth camera with _N, 0 the first`;
    const got = quote(searchParams.get("action"));
    return plain(STATUS_CODE.NotFound, `Not found: ${rule}, got ${got}`, reasonHeader("not-found"));
  },
};
const METHODS = ["GET", "HEAD"];

/** Finds the row for a request; there always is one. */
export function findRoute(
  { method, url, headers }: Pick<Question, "method" | "url" | "headers">,
): Route {
  const route = isWebSocket(headers) ? socketAt(url) : pathOrAction(url);
  const { methods = METHODS } = route;
  if (!methods.includes(method)) return notAllowed(route, methods);
  // A path that needs no token must not lead to anything else: a request for any upgrade wants
  // more.
  return route.who === "everybody" && headers.has("upgrade") ? { ...route, who: "owner" } : route;
}

function socketAt({ pathname }: URL): Route {
  return ROUTES.find((each) => each.isWebSocket && isAt(pathname, each)) ?? NOT_FOUND;
}

function pathOrAction(url: URL): Route {
  const named = actionOf(url);
  if (named !== undefined) return ROUTES.find(({ action }) => action === named.word) ?? NO_ACTION;
  return ROUTES.find((each) => !each.isWebSocket && isAt(url.pathname, each)) ?? NOT_FOUND;
}

function isAt(pathname: string, { path, aliases = [] }: Route): boolean {
  return path === "*" || path === pathname || aliases.includes(pathname);
}

function notAllowed(route: Route, methods: readonly string[]): Route {
  const headers = { allow: methods.join(", ") };
  return {
    ...route,
    who: route.who === "everybody" ? "owner" : route.who,
    answer: () => plain(STATUS_CODE.MethodNotAllowed, "Only GET is answered here", headers),
  };
}
