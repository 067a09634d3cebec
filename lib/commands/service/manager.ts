import type { Program } from "./program.ts";
import type { Run } from "./run.ts";

/** Keeps a service running; each action gives an exit status. */
export interface ServiceManager {
  /** Writes the service and starts it, in place of one that may be there. */
  install(): Promise<number>;
  /** Stops it and removes all of it; nothing happens if there is none. */
  uninstall(): Promise<number>;
  /** Says how it is: 0 if it runs. */
  status(): Promise<number>;
  /** The files that `install` would write, and notes about them. */
  print(): { text: string; note: string | undefined };
}

/** The tools of a {@linkcode ServiceManager}. */
export interface ServiceManagerOptions {
  /** The program that is kept running. */
  program: Program;
  /** Runs programs of the system. */
  run: Run;
  /** The user who runs this. */
  uid: number | null;
  /** Tells the user. */
  say: (text: string) => void;
}
