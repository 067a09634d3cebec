/**
 * Passes words on, and drops those that come too soon after the last: a flood of events is no flood of lines.
 *
 * @param ms the least time between two, in milliseconds
 */
export function atMostEvery(ms: number, tell: (text: string) => void): (text: string) => void {
  let toldAt = -Infinity;
  return (text) => {
    const now = performance.now();
    if (now - toldAt < ms) return;
    toldAt = now;
    tell(text);
  };
}
