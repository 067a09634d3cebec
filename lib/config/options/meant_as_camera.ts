import { parseSource } from "../../camera/source_kinds.ts";

/**
 * Asks whether a word was meant as the value of `--camera`: "did you mean '--camera test'?".
 *
 * @returns `undefined` if it may be anything else
 */
export function meantAsCamera(word: string): string | undefined {
  try {
    // Any word may be the name of a device.
    if (parseSource(word).kind === "name") return undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
  return `did you mean '--camera ${/\s/.test(word) ? `"${word}"` : word}'?`;
}
