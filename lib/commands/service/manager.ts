import type { Program } from "./program.ts";
import type { Run } from "./run.ts";

/** What keeps a service running; each action gives an exit status. */
export interface ServiceManager {
  /** Writes the service and starts it, in place of one that may be there. */
  install(): Promise<number>;
  /** Stops it and removes all of it; nothing happens if there is none. */
  uninstall(): Promise<number>;
  /** Says how it is: 0 if it runs. */
  status(): Promise<number>;
  /** What `install` would write, and what there is to say about it. */
  print(): { text: string; note: string | undefined };
}

/** What a {@linkcode ServiceManager} works with. */
export interface ServiceManagerOptions {
  /** What is kept running. */
  program: Program;
  /** Runs programs of the system. */
  run: Run;
  /** Who we are. */
  uid: number | null;
  /** Tells the user. */
  say: (text: string) => void;
}
