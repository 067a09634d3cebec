/** An entry that is an address, with what stands behind `//` in groups: whose it is and where, the rest. */
const ADDRESS = /^\s*(?:[^=/]*=)?\s*[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/is;
/** The beginning of another source, where one is written out whole. */
const NEXT_SOURCE =
  /^(\s|,|$|[\p{L}\p{N}][\p{L}\p{M}\p{N} _.-]*=|[a-z][a-z0-9+.-]*:\/\/|[/\\]|[a-z]:[/\\]|@device_|test\s*(,|#|$))/isu;
const NEXT_INDEX = /^\d{1,4}\s*(,|#|$)/;

/**
 * Cuts what a variable says of several cameras at its commas. Passwords, paths and queries have commas of
 * their own: one inside an address divides only where a whole source follows.
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

/** Whether the comma between two texts belongs to the address that the first one begins. */
function isInAddress(before: string, after: string): boolean {
  const [, authority, rest = ""] = before.match(ADDRESS) ?? [];
  if (authority === undefined) return false;
  // A password that isn't cut here, though it should be written in another way, is never taken for a name.
  const mayBePassword = rest === "" || /^[^@]*:(?!\d*$)[^@]*$/.test(authority);
  if (mayBePassword && /^(?:(?!:\/\/)[^@])*@/s.test(after)) return true;
  const isQuery = rest.includes("?") && !rest.includes("#");
  return !NEXT_SOURCE.test(after) && (isQuery || !NEXT_INDEX.test(after));
}
