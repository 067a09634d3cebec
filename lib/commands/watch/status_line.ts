import { printable } from "../../log.ts";
import type { ServedCamera } from "../../stream/served_camera.ts";

const MAX_LENGTH = 300;

/** The state of cameras and viewers in one line: "1 camera live, 3 viewers". */
export function statusLine(
  cameras: readonly Pick<ServedCamera, "name" | "status" | "size">[],
): string {
  const live = cameras.filter(({ status }) => status.state === "live").length;
  const viewers = cameras.reduce((sum, { size }) => sum + size, 0);
  const failed = cameras.flatMap(({ name, status }) =>
    status.state === "failed" ? [`camera ${name} ${status.reason}`] : []
  );
  const parts = [count(live, "camera", "live"), ...failed, count(viewers, "viewer")];
  return printable(parts.join(", ")).slice(0, MAX_LENGTH);
}

function count(number: number, what: string, how = ""): string {
  return `${number} ${what}${number === 1 ? "" : "s"} ${how}`.trimEnd();
}
