/**
 * Passes texts on, and drops those that come too soon after the last: a flood of events must not
 * become a flood of lines.
 *
 * @param ms the minimum interval, in milliseconds
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
