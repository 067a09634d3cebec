import { printable } from "../../log.ts";
import type { Channel } from "../../stream/channel.ts";

const MAX_LENGTH = 300;

/** How cameras and viewers are, in one line: "1 camera live, 3 viewers". */
export function statusLine(
  channels: readonly Pick<Channel, "name" | "status" | "size">[],
): string {
  const live = channels.filter(({ status }) => status.state === "live").length;
  const viewers = channels.reduce((sum, { size }) => sum + size, 0);
  const failed = channels.flatMap(({ name, status }) =>
    status.state === "failed" ? [`camera ${name} ${status.reason}`] : []
  );
  const parts = [count(live, "camera", "live"), ...failed, count(viewers, "viewer")];
  return printable(parts.join(", ")).slice(0, MAX_LENGTH);
}

function count(number: number, what: string, how = ""): string {
  return `${number} ${what}${number === 1 ? "" : "s"} ${how}`.trimEnd();
}
