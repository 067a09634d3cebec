/** The longest that a timer takes, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Calls back when a time has come, however far away it is.
 *
 * @param expires in milliseconds since 1970; nothing for never
 * @returns stops waiting
 */
export function atTime(expires: number | undefined, callback: () => void): () => void {
  if (expires === undefined) return () => {};
  let timer: ReturnType<typeof setTimeout>;
  const wait = (): void => {
    const left = expires - Date.now();
    if (left <= 0) return callback();
    // A timer may come early by a little, and the clock may be set.
    timer = setTimeout(wait, Math.min(left, LONGEST_MS));
  };
  timer = setTimeout(wait, Math.min(Math.max(0, expires - Date.now()), LONGEST_MS));
  return () => clearTimeout(timer);
}
