/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** A whole number from 0 to `below - 1`. */
  below(below: number): number;
  /** Gives `length` bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer>;
  /** One of several. */
  pick<T>(choices: readonly [T, ...T[]]): T;
}

/**
 * Makes numbers for a fuzz test that can be run again (Marsaglia's xorshift32).
 *
 * @param seed Any whole number.
 */
export function createRandom(seed: number): Random {
  // 0 would stay 0 for ever; small seeds need a few rounds to spread.
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>>= 0;
  };
  for (let round = 0; round < 8; round++) next();
  const below = (bound: number): number => next() % bound;
  return {
    below,
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
    pick: ([first, ...rest]) => rest[below(rest.length + 1)] ?? first,
  };
}
