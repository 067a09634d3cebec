import { placeText } from "../link/address.js";
import { failureWords } from "../words/failure_texts.js";
import { refusalWords } from "../words/refusal_texts.js";
import { language, viewTexts } from "../words/view_texts.js";

/** @import { Words } from "../words/refusal_texts.js" */
/** @import { Viewer } from "../viewer.js" */

/**
 * Why there is no live picture.
 *
 * @typedef {object} Notice
 * @property {string} title the event in a few words
 * @property {string} detail its meaning, or its remedy
 * @property {string} doing the measures that are being taken
 * @property {string} words the server's own, if they are in the page's language
 */

/**
 * The notice for a viewer; null while it is live.
 *
 * @param {Viewer} viewer
 * @param {{ now: number, server: URL | null, camera: string, nowhere: Words }} about `nowhere` is what to say where no
 *   server is named
 * @returns {Notice | null}
 */
export function noticeOf(viewer, { now, server, camera, nowhere }) {
  switch (viewer.state) {
    case "live":
      return null;
    case "idle":
      return server === null
        ? notice(nowhere.title, nowhere.detail)
        : notice(viewTexts.idle, viewTexts.idleDetail);
    case "connecting":
      return notice(viewTexts.connecting, server === null ? "" : placeText(server));
    case "refused":
      return refusalNotice(viewer, now);
    case "reconnecting":
      return {
        ...notice(
          viewer.screen.current === null && server !== null
            ? viewTexts.unreachable(placeText(server))
            : viewTexts.reconnecting,
          isForeign(server)
            ? viewTexts.unreachableFrom(location.origin)
            : viewTexts.unreachableDetail,
        ),
        doing: retryText(viewer.connection.retryAt, now),
      };
    case "waiting":
      return waitingNotice(viewer, { now, camera });
  }
}

/**
 * Whether a server may refuse our page because of its origin: no browser tells a page so.
 *
 * @param {URL | null} server
 */
function isForeign(server) {
  return server !== null && location.host !== "" && location.host !== server.host;
}

/**
 * @param {string} title
 * @param {string} [detail]
 * @returns {Notice}
 */
function notice(title, detail = "") {
  return { title, detail, doing: "", words: "" };
}

/**
 * @param {Viewer} viewer
 * @param {number} now
 */
function refusalNotice({ refusal, connection }, now) {
  const { title, detail } = refusalWords(language, refusal ?? { code: "refused", values: {} });
  const isFinal = refusal === null || refusal.retryMs === Infinity;
  const doing = isFinal ? "" : retryText(connection.retryAt, now);
  // The next attempt is at the time for which the server has announced an answer.
  return { ...notice(title, refusal?.code === "too-many-guesses" ? "" : detail), doing };
}

/**
 * @param {Viewer} viewer
 * @param {{ now: number, camera: string }} about
 */
function waitingNotice(viewer, { now, camera }) {
  const { outage } = viewer;
  if (outage === null) {
    if (viewer.liveness.isResuming(now)) return notice(viewTexts.resuming);
    return viewer.hasPicture
      ? notice(viewTexts.waitingNext, viewTexts.waitingNextDetail)
      : notice(viewTexts.waitingFirst, viewTexts.waitingFirstDetail);
  }
  if (outage.isMissing) {
    return outage.camera === ""
      ? notice(viewTexts.noCamera, viewTexts.noCameraDetail)
      : notice(viewTexts.missing(outage.camera), viewTexts.missingDetail);
  }
  const { title, detail } = failureWords(language, {
    camera: outage.camera || camera,
    code: outage.code,
  });
  return {
    title,
    // The server's own words say more.
    detail: language === "en" && outage.words !== "" ? "" : detail,
    doing: isNaN(outage.retryAt) ? "" : retryText(outage.retryAt, now),
    words: language === "en" ? sentence(outage.words) : "",
  };
}

/**
 * The server's words follow the camera's name.
 *
 * @param {string} words
 */
function sentence(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * @param {number} retryAt by performance.now(); 0 or past while it is being tried
 * @param {number} now
 */
function retryText(retryAt, now) {
  return retryAt > now
    ? viewTexts.tryingIn(Math.ceil((retryAt - now) / 1000))
    : viewTexts.tryingNow;
}
