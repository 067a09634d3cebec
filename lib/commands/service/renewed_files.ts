import { dirname } from "node:path";

/** Folders whose other contents are none of the service's business. */
const SHARED_FOLDER = /^\/(root|tmp|var\/tmp|home\/[^/]+|run\/user\/\d+)$/;

/**
 * The paths that a service must see for a file that is replaced while it runs: its folder, since a
 * new file takes its place, and the folder that a link points into.
 */
export function placesOf(path: string): string[] {
  return [...new Set([path, realPath(path)].map(placeOf))];
}

/** Warns if a service would not see a file that replaces this one. */
export function renewalWarning(path: string): string | undefined {
  const folder = dirname(path);
  if (!SHARED_FOLDER.test(folder)) return undefined;
  return `${path}: the service sees only this file of ${folder}, and won't see a new one that takes its ` +
    "place; put it into a folder of its own, like /etc/wscam";
}

function placeOf(path: string): string {
  const folder = dirname(path);
  return SHARED_FOLDER.test(folder) ? path : folder;
}

function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    // It doesn't exist yet, or this user may not look.
    return path;
  }
}
