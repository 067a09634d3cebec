import type { Capture } from "../../frame/capture.ts";
import { turnedSize } from "../../frame/orientation.ts";
import type { Logger } from "../../log.ts";
import type { ServedCamera } from "../../stream/served_camera.ts";

export interface ReportChangesOptions {
  /** Its current capture; the size only if one was asked for. */
  capture: () => Pick<Capture, "rotate"> & Partial<Pick<Capture, "resolution">>;
  /** Receives changes. */
  log: Logger;
}

/** Logs what happens to a camera, until the returned function is called. */
export function reportChanges(
  served: ServedCamera,
  { capture, log }: ReportChangesOptions,
): () => void {
  const { name, camera } = served;
  let lastReason = "";
  return served.observe((status) => {
    if (status.state === "failed") {
      const seconds = Math.round((status.retryAt - Date.now()) / 1000);
      const when = seconds > 0 ? `in ${seconds} s` : "now";
      // An outage is one event, however many attempts it takes.
      const level = status.reason === lastReason ? "debug" : "warn";
      log[level](`Camera ${name} ${status.reason}; trying again ${when}. More: wscam doctor`);
      lastReason = status.reason;
    } else if (status.state === "live") {
      lastReason = "";
      const { resolution: asked, rotate } = capture();
      const { measured = asked } = camera;
      const own = measured && turnedSize(measured, rotate);
      const differs = asked && (own?.width !== asked.width || own?.height !== asked.height);
      const wanted = differs ? ` (asked for ${asked.width}x${asked.height})` : "";
      const { plan } = camera;
      const encoder = plan ? `; encoder ${plan.encoder}, ${plan.reason}` : "";
      log.info(`Camera ${name} delivers ${measured?.width}x${measured?.height}${wanted}${encoder}`);
    } else {
      log.debug(`Camera ${name} is ${status.state}`);
    }
  });
}
