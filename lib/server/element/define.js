import { WscamView } from "./wscam_view.js";

/** Another server's script on the same page may have defined it. */
if (customElements.get("wscam-view") === undefined) {
  customElements.define("wscam-view", WscamView);
}
