import { meantAsNode } from "../../camera/meant_as_node.ts";
import { parseSource, SOURCE_WORDS } from "../../camera/source_kinds.ts";

/**
 * Asks whether a word was meant as the value of `--camera`: "did you mean '--camera test'?".
 *
 * @returns `undefined` if it may be anything else
 */
export function meantAsCamera(word: string): string | undefined {
  const source = meantAsNode(word) ??
    SOURCE_WORDS.find((each) => each === word.toLowerCase()) ?? wholeSource(word);
  if (source === undefined) return undefined;
  return `did you mean '--camera ${/\s/.test(source) ? `"${source}"` : source}'?`;
}

/** The word, if it can only be a source. */
export function wholeSource(word: string): string | undefined {
  try {
    // Any word may be the name of a device.
    return parseSource(word).kind === "name" ? undefined : word;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
