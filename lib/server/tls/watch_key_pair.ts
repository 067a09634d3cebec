import type { Logger } from "../../log.ts";
import { type KeyPair, readKeyPair, type TlsFiles } from "./certificate.ts";

/** Looks at the files so often: they may be links to links, on any file system, which tells of no changes. */
const LOOK_MS = 5000;

/** Options of {@linkcode watchKeyPair}. */
export interface WatchOptions {
  /** The pair in use. */
  pair: KeyPair;
  /** Told of a change that can't be used, once. */
  log: Logger;
  /** Told of another certificate and key that belong together. */
  onChange: (pair: KeyPair) => void;
  /** How often the files are read. @default {5000} */
  everyMs?: number;
}

/** Watches a certificate and its key until it is disposed of; then nothing is being read any more. */
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
      // One file may have been written and the other not yet.
      const reason = error instanceof Error ? error.message : String(error);
      if (isOver || reason === complaint) return;
      complaint = reason;
      log.warn(`${reason}; the certificate from before stays in use`);
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
