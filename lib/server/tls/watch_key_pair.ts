import type { Logger } from "../../log.ts";
import { type KeyPair, readKeyPair, type TlsFiles } from "./certificate.ts";

/**
 * The files are polled this often: they may be links to links, on file systems that don't report
 * changes.
 */
const LOOK_MS = 5000;

export interface WatchOptions {
  /** The pair in use. */
  pair: KeyPair;
  /** Called once for a change that can't be used. */
  log: Logger;
  /** Called with another certificate and matching key. */
  onChange: (pair: KeyPair) => void;
  /**
   * The interval of reading the files.
   *
   * @default {5000}
   */
  everyMs?: number;
}

/**
 * Watches a certificate and its key until disposed of; nothing is being read any more after that.
 */
export function watchKeyPair(
  files: TlsFiles,
  { pair, log, onChange, everyMs = LOOK_MS }: WatchOptions,
): AsyncDisposable {
  let present = pair;
  let complaint = "";
  let isOver = false;
  let timer: ReturnType<typeof setTimeout>;
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    try {
      const found = await readKeyPair(files);
      complaint = "";
      if (isOver || (found.cert === present.cert && found.key === present.key)) return;
      present = found;
      if (found.problem !== undefined) log.error(found.problem);
      onChange(found);
    } catch (error) {
      // One file may have been written before the other.
      const reason = error instanceof Error ? error.message : String(error);
      if (isOver || reason === complaint) return;
      complaint = reason;
      log.warn(`${reason}; the previous certificate stays in use`);
    }
  };
  const again = (): void => {
    timer = setTimeout(() => looking = look().finally(() => isOver || again()), everyMs);
  };
  again();
  return {
    async [Symbol.asyncDispose]() {
      isOver = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
