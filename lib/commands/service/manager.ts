import type { Program } from "./program.ts";
import type { Run } from "./run.ts";

/** Manages a service; each action returns an exit status. */
export interface ServiceManager {
  /** Writes the service and starts it, in place of an existing one. */
  install(): Promise<number>;
  /** Stops it and removes everything; does nothing if there is none. */
  uninstall(): Promise<number>;
  /** Reports its state; returns 0 if it runs. */
  status(): Promise<number>;
  /** The files that `install` would write, with notes about them. */
  print(): { text: string; note: string | undefined };
}

/** The means of a {@linkcode ServiceManager}. */
export interface ServiceManagerOptions {
  /** The program to keep running. */
  program: Program;
  /** Runs programs of the system. */
  run: Run;
  /** The user running this. */
  uid: number | null;
  /** Tells the user. */
  say: (text: string) => void;
}
