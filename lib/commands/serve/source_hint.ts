import { basename, dirname, join } from "node:path";
import { SOURCE_WORDS, type SourceSpec } from "../../camera/source_kinds.ts";
import { nearest } from "../../config/options/nearest.ts";
import { redactUrls } from "../../log/secrets.ts";
import { quote } from "../../protocol/quote.ts";

/** A host name or address, perhaps with a user, a port and a path: a URL without a scheme. */
const HOST =
  /^([^/\\@\s]+@)?(\d{1,3}(\.\d{1,3}){3}|[a-z0-9-]+(\.[a-z0-9-]+)+|\[[0-9a-f:]+\])(:\d+)?(\/.*)?$/i;

/** A folder with more files than this is not searched for a similar name. */
const MAX_FILES = 10_000;

/**
 * Guesses the source that the user meant, as a question: "did you mean 'test'?".
 *
 * @param devices the names of the cameras that are there
 */
export async function sourceHint(
  source: SourceSpec,
  devices: readonly string[],
): Promise<string | undefined> {
  const meant = await meantBy(source, devices);
  return meant === undefined ? undefined : `did you mean ${meant}?`;
}

async function meantBy(
  source: SourceSpec,
  devices: readonly string[],
): Promise<string | undefined> {
  switch (source.kind) {
    case "name":
      return quoted(meantByName(source.name, devices)) ?? meantByHost(source.name);
    case "device":
      return quoted(await similarFile(source.path));
    case "file":
      return quoted(await similarFile(source.path)) ??
        (source.path.includes("/") ? meantByHost(source.path) : undefined);
    default:
      return undefined;
  }
}

function meantByName(name: string, devices: readonly string[]): string | undefined {
  const [, node] = name.match(/^(video\d+)$/i) ?? [];
  if (node !== undefined) return `/dev/${node.toLowerCase()}`;
  return nearest(name, [...SOURCE_WORDS, ...devices]);
}

function meantByHost(text: string): string | undefined {
  if (!HOST.test(text)) return undefined;
  const shown = redactUrls(`rtsp://${text}`);
  return `${quote(shown)} or ${quote(shown.replace("rtsp:", "http:"))}`;
}

/** The path of a file whose name resembles that of a missing one. */
async function similarFile(path: string): Promise<string | undefined> {
  const folder = dirname(path);
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (!isDirectory) names.push(name);
      if (names.length > MAX_FILES) return undefined;
    }
  } catch {
    return undefined;
  }
  const found = nearest(basename(path), names);
  return found === undefined ? undefined : path.includes("/") ? join(folder, found) : found;
}

function quoted(text: string | undefined): string | undefined {
  return text === undefined ? undefined : quote(text);
}
