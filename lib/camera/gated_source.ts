import type { Source } from "./source.ts";

/**
 * A source that is opened only after something else has ended: only one program at a time can open
 * a device, so another camera has to close it first.
 *
 * @param ready never rejects
 */
export function gatedSource(source: Source, ready: Promise<unknown>): Source {
  return {
    ...source,
    async *frames(reading) {
      const { signal } = reading;
      const { promise: aborted, resolve } = Promise.withResolvers<void>();
      const stop = (): void => resolve();
      signal.addEventListener("abort", stop);
      await Promise.race([ready, aborted]);
      signal.removeEventListener("abort", stop);
      if (!signal.aborted) yield* source.frames(reading);
    },
  };
}
