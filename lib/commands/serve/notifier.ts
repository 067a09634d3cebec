import type { NotifyConfig } from "../../config/commands/notify_config.ts";
import type { Logger } from "../../log.ts";
import type { Cameras } from "../../stream/cameras.ts";
import { type Freshness, watchFreshness } from "./freshness.ts";
import { type NotifySocket, openNotifySocket } from "./notify_socket.ts";
import { statusLine } from "../watch/status_line.ts";

export interface NotifierOptions extends NotifyConfig {
  /** Receives the names of stuck cameras. */
  log: Logger;
  /**
   * A monotonic clock, in milliseconds.
   *
   * @default {performance.now}
   */
  now?: () => number;
}

/** Updates of the status are at least this far apart. */
const STATUS_MS = 1000;
/**
 * After a pause of the whole process, cameras get this long to recover before they count as stuck.
 */
const LOOKS_A_TIMEOUT = 4;

/**
 * Tells the service manager (sd_notify(3)) when wscam is ready, then how cameras and viewers are,
 * and that all is well for as long as that is true; when disposed of, that wscam is ending.
 */
export function startNotifier(
  cameras: Pick<Cameras, "all" | "each">,
  { socket, watchdogMs, log, now = () => performance.now() }: NotifierOptions,
): Disposable {
  using stack = new DisposableStack();
  let manager: NotifySocket;
  try {
    manager = stack.use(openNotifySocket(socket));
  } catch (error) {
    // The C library is another one: pictures matter more.
    log.warn(`Cannot report to the service manager: ${messageOf(error)}`);
    return stack.move();
  }
  stack.defer(() => void manager.send("STOPPING=1"));
  let said = "";
  const tell = (): void => {
    const status = statusLine(cameras.all);
    if (status === said) return;
    // A message that the system didn't accept is sent again. Reporting readiness twice does no
    // harm.
    if (manager.send(`READY=1\nSTATUS=${status}`)) said = status;
  };
  tell();
  stack.adopt(setInterval(tell, STATUS_MS), clearInterval);
  if (watchdogMs !== undefined) {
    const freshness = stack.use(watchFreshness(cameras, { now }));
    const feed = createFeed(freshness, { manager, log });
    stack.adopt(setInterval(feed, watchdogMs / LOOKS_A_TIMEOUT), clearInterval);
  }
  return stack.move();
}

/** Reports that all is well, or logs once why not. */
function createFeed(
  freshness: Freshness,
  { manager, log }: { manager: NotifySocket; log: Logger },
): () => void {
  let lastProblem: string | undefined;
  return () => {
    const problem = freshness.problem();
    if (problem === undefined) manager.send("WATCHDOG=1");
    else if (problem !== lastProblem) log.error(`${problem}; waiting to be started again`);
    lastProblem = problem;
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
