import type { Source } from "./source.ts";

/**
 * A source that is opened only when something else is over: a device that another camera had can be opened
 * by one program at a time.
 *
 * @param ready never rejects
 */
export function gatedSource(source: Source, ready: Promise<unknown>): Source {
  return {
    ...source,
    async *frames(options) {
      const { signal } = options;
      const { promise: aborted, resolve } = Promise.withResolvers<void>();
      const stop = (): void => resolve();
      signal.addEventListener("abort", stop);
      await Promise.race([ready, aborted]);
      signal.removeEventListener("abort", stop);
      if (!signal.aborted) yield* source.frames(options);
    },
  };
}
