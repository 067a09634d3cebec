import { dirname } from "node:path";

/** A folder of many things that are no business of a service. */
const SHARED_FOLDER = /^\/(root|tmp|var\/tmp|home\/[^/]+|run\/user\/\d+)$/;

/**
 * Names what a service must see of a file that is written anew while it runs: its folder, since another file
 * may take its place, and the one that it is a link into.
 */
export function placesOf(path: string): string[] {
  return [...new Set([path, realPath(path)].map(placeOf))];
}

/** Says so if another file in the place of this one would not be seen by a service that it is hidden from. */
export function renewalWarning(path: string): string | undefined {
  const folder = dirname(path);
  if (!SHARED_FOLDER.test(folder)) return undefined;
  return `${path}: of ${folder} the service sees this one file as it is now, and not one that takes its ` +
    "place; a folder of its own, like /etc/wscam, is better";
}

function placeOf(path: string): string {
  const folder = dirname(path);
  return SHARED_FOLDER.test(folder) ? path : folder;
}

function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    // It isn't there yet, or this user may not look.
    return path;
  }
}
