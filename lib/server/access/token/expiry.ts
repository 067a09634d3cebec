/**
 * The clock is looked at this often. A clock may be set while we wait (a Raspberry Pi has none that
 * goes on without power, and asks the network), or a machine may sleep, which stops timers.
 */
const LOOK_MS = 1000;

/**
 * Calls back when a time has come by the wall clock, however far away it is.
 *
 * @param expires in milliseconds since 1970; nothing for never
 * @param now the wall clock
 * @returns stops waiting
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
