import texts from "./page/texts.js" with { type: "text" };
import dom from "./page/dom.js" with { type: "text" };
import address from "./page/address.js" with { type: "text" };
import clock from "./page/clock.js" with { type: "text" };
import message from "./page/message.js" with { type: "text" };
import questions from "./page/questions.js" with { type: "text" };
import connection from "./page/connection.js" with { type: "text" };
import cameraList from "./page/camera_list.js" with { type: "text" };
import screen from "./page/screen.js" with { type: "text" };
import viewer from "./page/viewer.js" with { type: "text" };
import rows from "./page/rows.js" with { type: "text" };
import ownSettings from "./page/own_settings.js" with { type: "text" };
import remoteControl from "./page/remote_control.js" with { type: "text" };
import chart from "./page/chart.js" with { type: "text" };
import pictureInPicture from "./page/picture_in_picture.js" with { type: "text" };
import grid from "./page/grid.js" with { type: "text" };
import cameraMenu from "./page/camera_menu.js" with { type: "text" };
import panel from "./page/panel.js" with { type: "text" };
import fullScreen from "./page/full_screen.js" with { type: "text" };
import snapshot from "./page/snapshot.js" with { type: "text" };
import player from "./page/player.js" with { type: "text" };
import view from "./page/view.js" with { type: "text" };
import main from "./page/main.js" with { type: "text" };
import markup from "./page/page.html" with { type: "text" };
import pageStyle from "./page/page.css" with { type: "text" };
import panelStyle from "./page/panel.css" with { type: "text" };
import gridStyle from "./page/grid.css" with { type: "text" };

const STYLES = [pageStyle, panelStyle, gridStyle];
/** Each after those that it imports. */
const MODULES = [
  texts,
  dom,
  address,
  clock,
  message,
  questions,
  connection,
  cameraList,
  screen,
  viewer,
  rows,
  ownSettings,
  remoteControl,
  chart,
  pictureInPicture,
  grid,
  cameraMenu,
  panel,
  fullScreen,
  snapshot,
  player,
  view,
  main,
];

/**
 * The viewer page as one file that stands alone: it works from a disk as well, where browsers let no module
 * import another. Names at the top level of its modules are its modules' own no longer, and must differ.
 */
export const html: string = markup
  .replace("<!-- style -->", () => `<style>\n${STYLES.join("\n")}</style>`)
  .replace(
    "<!-- script -->",
    () => `<script>\n"use strict";\n\n${MODULES.map(inline).join("\n")}</script>`,
  );

/** A module as a part of one script. */
function inline(source: string): string {
  return source.replaceAll(/^import\s[^;]*;\n+/gm, "").replaceAll(/^export /gm, "");
}
