import { placeText } from "./address.js";
import { failureWords } from "./failure_texts.js";
import { refusalWords } from "./refusal_texts.js";
import { language, texts } from "./texts.js";

/** @import { Viewer } from "./viewer.js" */

/**
 * Why there is no picture that is live.
 *
 * @typedef {object} Notice
 * @property {string} title what has happened
 * @property {string} detail what that means, or what would mend it
 * @property {string} doing what is being done about it
 * @property {string} words the server's own, where they are in the page's language
 */

/**
 * What there is to say of a viewer; nothing while it is live.
 *
 * @param {Viewer} viewer
 * @param {{ now: number, server: URL | null, camera: string }} about
 * @returns {Notice | null}
 */
export function noticeOf(viewer, { now, server, camera }) {
  switch (viewer.state) {
    case "live":
      return null;
    case "idle":
      return server === null
        ? notice(texts.nowhere, texts.nowhereDetail)
        : notice(texts.idle, texts.idleDetail);
    case "connecting":
      return notice(texts.connecting, server === null ? "" : placeText(server));
    case "refused":
      return refusalNotice(viewer, now);
    case "reconnecting":
      return {
        ...notice(
          viewer.screen.current === null && server !== null
            ? texts.unreachable(placeText(server))
            : texts.reconnecting,
          texts.unreachableDetail,
        ),
        doing: retryText(viewer.connection.retryAt, now),
      };
    case "waiting":
      return waitingNotice(viewer, { now, camera });
  }
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
  // When the server answers again is when it is asked again.
  return { ...notice(title, refusal?.code === "too-many-guesses" ? "" : detail), doing };
}

/**
 * @param {Viewer} viewer
 * @param {{ now: number, camera: string }} about
 */
function waitingNotice(viewer, { now, camera }) {
  const { outage } = viewer;
  if (outage === null) {
    if (viewer.isResuming(now)) return notice(texts.resuming);
    return viewer.hasPicture
      ? notice(texts.waitingNext, texts.waitingNextDetail)
      : notice(texts.waitingFirst, texts.waitingFirstDetail);
  }
  if (outage.isMissing) {
    return outage.camera === ""
      ? notice(texts.noCamera, texts.noCameraDetail)
      : notice(texts.missing(outage.camera), texts.missingDetail);
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
  return retryAt > now ? texts.tryingIn(Math.ceil((retryAt - now) / 1000)) : texts.tryingNow;
}
