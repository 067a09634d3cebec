import { ELEMENT_MODULES, inline } from "../element/element_file.ts";
import textsEn from "./texts/texts_en.js" with { type: "text" };
import textsZh from "./texts/texts_zh.js" with { type: "text" };
import texts from "./texts/texts.js" with { type: "text" };
import address from "./address.js" with { type: "text" };
import cameraList from "./camera_list.js" with { type: "text" };
import rows from "./panel/rows.js" with { type: "text" };
import ownSettings from "./panel/own_settings.js" with { type: "text" };
import formatMenu from "./panel/format_menu.js" with { type: "text" };
import remoteControl from "./panel/remote_control.js" with { type: "text" };
import chart from "./panel/chart.js" with { type: "text" };
import pictureInPicture from "./picture/picture_in_picture.js" with { type: "text" };
import preferences from "./panel/preferences.js" with { type: "text" };
import gridLayout from "./grid/grid_layout.js" with { type: "text" };
import grid from "./grid/grid.js" with { type: "text" };
import cameraMenu from "./panel/camera_menu.js" with { type: "text" };
import panel from "./panel/panel.js" with { type: "text" };
import fullScreen from "./picture/full_screen.js" with { type: "text" };
import snapshot from "./picture/snapshot.js" with { type: "text" };
import player from "./player.js" with { type: "text" };
import zoom from "./picture/zoom.js" with { type: "text" };
import keys from "./keys.js" with { type: "text" };
import view from "./view.js" with { type: "text" };
import main from "./main.js" with { type: "text" };
import markup from "./page.html" with { type: "text" };
import pageStyle from "./page.css" with { type: "text" };
import controlsStyle from "./controls.css" with { type: "text" };
import pictureStyle from "./picture/picture.css" with { type: "text" };
import smallScreensStyle from "./small_screens.css" with { type: "text" };
import fullScreenStyle from "./picture/full_screen.css" with { type: "text" };
import panelStyle from "./panel/panel.css" with { type: "text" };
import gridStyle from "./grid/grid.css" with { type: "text" };

/** Of two rules with the same weight, the later one wins. */
const STYLES = [
  pageStyle,
  controlsStyle,
  pictureStyle,
  smallScreensStyle,
  fullScreenStyle,
  panelStyle,
  gridStyle,
];
/** Each after those that it imports; the element comes before all. */
const PAGE_MODULES = [
  textsEn,
  textsZh,
  texts,
  address,
  cameraList,
  rows,
  ownSettings,
  formatMenu,
  remoteControl,
  chart,
  pictureInPicture,
  preferences,
  gridLayout,
  grid,
  cameraMenu,
  panel,
  fullScreen,
  snapshot,
  player,
  zoom,
  keys,
  view,
  main,
];

const MODULES = [...ELEMENT_MODULES, ...PAGE_MODULES.map(inline)];

/**
 * The page as one standalone file, which also works from a disk, where browsers don't let modules
 * import each other. Top-level names of its modules are then shared, and must differ.
 */
export const html: string = markup
  .replace("<!-- style -->", () => `<style>\n${STYLES.join("\n")}</style>`)
  .replace(
    "<!-- script -->",
    () => `<script>\n"use strict";\n\n${MODULES.join("\n")}</script>`,
  );
