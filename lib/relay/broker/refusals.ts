import type { NatsConnection, PermissionViolationError } from "@nats-io/nats-core/internal";
import type { Logger } from "../../log.ts";
import { isAboutIdentity } from "./explain_broker.ts";

export interface RefusalsOptions {
  /** The server's address, without passwords. */
  name: string;
  /** Receives them. */
  log: Logger;
  /** Called for each new one. */
  onRefused: () => void;
}

/**
 * Remembers the subjects that a server forbids us, over successive connections.
 *
 * @internal
 */
export class Refusals {
  readonly #options: RefusalsOptions;
  readonly #subjects = new Set<string>();

  constructor(options: RefusalsOptions) {
    this.#options = options;
  }

  /** Whether a subject is forbidden. */
  has(subject: string): boolean {
    return this.#subjects.has(subject);
  }

  /**
   * Watches a new connection for refusals, until it ends.
   *
   * @returns the last error of another kind from the server
   */
  async watch(connection: NatsConnection): Promise<Error | undefined> {
    this.#subjects.clear();
    let last: Error | undefined;
    for await (const status of connection.status()) {
      // The client also reports this when it ends a connection because the server refuses us.
      if (status.type === "staleConnection" && !isAboutIdentity(last)) {
        last = new Error("stale connection");
      }
      if (status.type !== "error") continue;
      const { error } = status;
      if (isPermissionViolation(error)) this.#add(error);
      else last = error;
    }
    return last;
  }

  #add({ operation, subject }: { operation: string; subject: string }): void {
    if (this.#subjects.has(subject)) return;
    this.#subjects.add(subject);
    const { name, log, onRefused } = this.#options;
    const deed = operation === "publish" ? "publish on" : "listen to";
    log.warn(`${name} does not allow this user to ${deed} ${subject}: give it that permission`);
    onRefused();
  }
}

/**
 * Checked by its name: the client is loaded only when there is a server to connect to, and this
 * earlier.
 */
function isPermissionViolation(error: Error): error is PermissionViolationError {
  return error.name === "PermissionViolationError";
}
