import { SOURCE_WORDS } from "../camera/source_kinds.ts";

/** An address, with the text after `//` in groups: user and host, the rest. */
const ADDRESS = /^\s*(?:[^=/]*=)?\s*[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/is;
/** The beginning of another complete source. */
const NEXT_SOURCE =
  /^(\s|,|$|[\p{L}\p{N}][\p{L}\p{M}\p{N} _.-]*=|[a-z][a-z0-9+.-]*:\/\/|[/\\]|[a-z]:[/\\]|@device_)/isu;
const NEXT_WORD = new RegExp(`^(${SOURCE_WORDS.join("|")})\\s*(,|#|$)`, "i");
const NEXT_INDEX = /^\d{1,4}\s*(,|#|$)/;

/**
 * Splits a variable with several cameras at its commas. Passwords, paths and queries contain commas
 * too: a comma inside an address separates cameras only if a complete source follows.
 */
export function splitCameras(text: string): string[] {
  const entries: string[] = [];
  let from = 0;
  for (const { index } of text.matchAll(/,/g)) {
    if (isInAddress(text.slice(from, index), text.slice(index + 1))) continue;
    entries.push(text.slice(from, index));
    from = index + 1;
  }
  return [...entries, text.slice(from)].map((entry) => entry.trim());
}

/** Whether the comma between two texts belongs to the address that begins in the first. */
function isInAddress(before: string, after: string): boolean {
  const [, authority, rest = ""] = before.match(ADDRESS) ?? [];
  if (authority === undefined) return false;
  // A badly escaped password that isn't split here is never mistaken for a name.
  const mayBePassword = rest === "" || /^[^@]*:(?!\d*$)[^@]*$/.test(authority);
  if (mayBePassword && /^(?:(?!:\/\/)[^@])*@/s.test(after)) return true;
  const isQuery = rest.includes("?") && !rest.includes("#");
  if (NEXT_SOURCE.test(after) || NEXT_WORD.test(after)) return false;
  return isQuery || !NEXT_INDEX.test(after);
}
