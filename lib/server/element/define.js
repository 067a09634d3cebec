import { WscamView } from "./wscam_view.js";

/** A script from another server may have defined it on the same page. */
if (customElements.get("wscam-view") === undefined) {
  customElements.define("wscam-view", WscamView);
}
