import refusalTexts from "./words/refusal_texts.js" with { type: "text" };
import failureTexts from "./words/failure_texts.js" with { type: "text" };
import viewTexts from "./words/view_texts.js" with { type: "text" };
import dom from "./dom.js" with { type: "text" };
import address from "./link/address.js" with { type: "text" };
import clock from "./link/clock.js" with { type: "text" };
import refusal from "./link/refusal.js" with { type: "text" };
import message from "./link/message.js" with { type: "text" };
import cameras from "./link/cameras.js" with { type: "text" };
import questions from "./link/questions.js" with { type: "text" };
import reconnect from "./link/reconnect.js" with { type: "text" };
import acknowledger from "./link/acknowledger.js" with { type: "text" };
import silence from "./link/silence.js" with { type: "text" };
import pulse from "./link/pulse.js" with { type: "text" };
import connection from "./link/connection.js" with { type: "text" };
import tally from "./tally.js" with { type: "text" };
import screen from "./screen.js" with { type: "text" };
import mp4 from "./video/mp4.js" with { type: "text" };
import liveEdge from "./video/live_edge.js" with { type: "text" };
import mediaBuffer from "./video/media_buffer.js" with { type: "text" };
import mediaPlayer from "./video/media_player.js" with { type: "text" };
import codecPlayer from "./video/codec_player.js" with { type: "text" };
import videoPlayer from "./video/video_player.js" with { type: "text" };
import videoScreen from "./video/video_screen.js" with { type: "text" };
import annotation from "./annotations/annotation.js" with { type: "text" };
import annotations from "./annotations/annotations.js" with { type: "text" };
import hold from "./annotations/hold.js" with { type: "text" };
import painter from "./annotations/painter.js" with { type: "text" };
import display from "./display.js" with { type: "text" };
import formatChoice from "./format_choice.js" with { type: "text" };
import liveness from "./liveness.js" with { type: "text" };
import toldOutage from "./link/told_outage.js" with { type: "text" };
import outage from "./outage.js" with { type: "text" };
import viewer from "./viewer.js" with { type: "text" };
import notice from "./view/notice.js" with { type: "text" };
import viewStyle from "./view/view_style.js" with { type: "text" };
import viewParts from "./view/view_parts.js" with { type: "text" };
import attributes from "./view/attributes.js" with { type: "text" };
import visibility from "./view/visibility.js" with { type: "text" };
import wscamView from "./wscam_view.js" with { type: "text" };
import define from "./define.js" with { type: "text" };

/** The modules of `<wscam-view>`, each after those that it imports. */
export const ELEMENT_MODULES: readonly string[] = [
  refusalTexts,
  failureTexts,
  viewTexts,
  dom,
  address,
  clock,
  refusal,
  message,
  cameras,
  questions,
  reconnect,
  acknowledger,
  silence,
  pulse,
  connection,
  tally,
  screen,
  mp4,
  liveEdge,
  mediaBuffer,
  mediaPlayer,
  codecPlayer,
  videoPlayer,
  videoScreen,
  annotation,
  annotations,
  hold,
  painter,
  display,
  formatChoice,
  liveness,
  toldOutage,
  outage,
  viewer,
  notice,
  viewStyle,
  viewParts,
  attributes,
  visibility,
  wscamView,
  define,
].map(inline);

/**
 * `<wscam-view>` as one module without imports, which defines the element wherever it is loaded.
 */
export const elementScript: string = `${ELEMENT_MODULES.join("\n")}\nexport { WscamView };\n`;

/** A module as a part of one script: without imports and exports. */
export function inline(source: string): string {
  return source.replaceAll(/^(import\s[^;]*;|\/\*\* @import .*\*\/)\n+/gm, "")
    .replaceAll(/^export /gm, "");
}
