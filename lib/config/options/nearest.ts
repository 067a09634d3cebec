/** A part of a word is unambiguous from this length on. */
const MIN_PART = 3;

/** The word most similar to another, or containing it; `undefined` if none is similar enough. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const text = word.toLowerCase();
  const [best] = known.map((each) => ({ each, distance: editDistance(text, each.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  if (best && best.distance <= Math.max(2, word.length / 3)) return best.each;
  const part = text.replace(/^-+/, "");
  if (part.length < MIN_PART) return undefined;
  const has = (test: (each: string) => boolean): string | undefined =>
    known.find((each) => test(each.toLowerCase()));
  return has((each) => each.startsWith(text)) ?? has((each) => each.includes(part));
}

/** The number of letters to insert, delete or replace (Levenshtein distance). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
