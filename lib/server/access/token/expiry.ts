/**
 * The clock is checked this often: it may be set in the meantime (a Raspberry Pi without a
 * battery-backed clock asks the network), or the machine may sleep, which stops timers.
 */
const LOOK_MS = 1000;

/**
 * Calls back at a certain wall-clock time, however far away.
 *
 * @param expires in milliseconds since 1970; `undefined` for never
 * @param now the wall clock
 * @returns a function that stops waiting
 */
export function atTime(
  expires: number | undefined,
  callback: () => void,
  now: () => number = Date.now,
): () => void {
  if (expires === undefined) return () => {};
  let timer: ReturnType<typeof setTimeout>;
  const wait = (): void => {
    timer = setTimeout(look, Math.min(Math.max(0, expires - now()), LOOK_MS));
  };
  const look = (): void => expires <= now() ? callback() : wait();
  wait();
  return () => clearTimeout(timer);
}
