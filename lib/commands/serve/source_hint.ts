import { basename, dirname, join } from "node:path";
import { withScheme } from "../../camera/address.ts";
import { meantAsNode } from "../../camera/meant_as_node.ts";
import { SOURCE_WORDS, type SourceSpec } from "../../camera/source_kinds.ts";
import { wholeSource } from "../../config/options/meant_as_camera.ts";
import { nearest } from "../../config/options/nearest.ts";
import { type Environment, ownVariable } from "../../config/options/read_options.ts";
import { quote } from "../../protocol/quote.ts";

/**
 * A host name or address, perhaps with a user, a port and a path: a URL without a scheme. A name
 * without a dot is one only with a port.
 */
const HOST =
  /^([^/\\@\s]+@)?(\d{1,3}(\.\d{1,3}){3}|[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9-]{2,}(?=:\d)|\[[0-9a-f:.]+\])(:\d+)?(\/.*)?$/i;
/** Two slashes, or a scheme that lacks one of its `://`. */
const CUT_SCHEME = /^(?:([a-z]{3,5})(?::\/?|\/\/)|\/\/)(?!\/)(.+)$/i;

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
  env: Environment = ownVariable,
): Promise<string | undefined> {
  const meant = await meantBy(source, devices, env);
  return meant === undefined ? undefined : `did you mean ${meant}?`;
}

async function meantBy(
  source: SourceSpec,
  devices: readonly string[],
  env: Environment,
): Promise<string | undefined> {
  switch (source.kind) {
    case "name":
      return quoted(meantBySeveral(source.name) ?? meantByName(source.name, devices)) ??
        meantByHost(source.name);
    case "device":
      return quoted(meantAsNode(source.path) ?? await similarFile(source.path));
    case "file":
      return quoted(
        meantBySeveral(source.path) ?? meantAsNode(source.path) ??
          await similarFile(inHome(source.path, env)),
      ) ?? (source.path.includes("/") ? meantByHost(source.path) : undefined);
    default:
      return undefined;
  }
}

/** Only the variable has several sources with commas; each option has one. */
function meantBySeveral(name: string): string | undefined {
  const sources = name.split(",").map((each) => each.trim());
  return sources.length > 1 && sources.every(wholeSource)
    ? sources.map((each) => `--camera ${each}`).join(" ")
    : undefined;
}

function meantByName(name: string, devices: readonly string[]): string | undefined {
  return meantAsNode(name) ?? nearest(name, [...SOURCE_WORDS, ...devices]);
}

function meantByHost(text: string): string | undefined {
  if (HOST.test(text)) return withScheme(text);
  const [, scheme, rest = ""] = text.match(CUT_SCHEME) ?? [];
  return HOST.test(rest) ? withScheme(rest, scheme?.toLowerCase()) : undefined;
}

/** Shells replace '~' only at the beginning of a word, not in `NAME=~/film.mp4`. */
function inHome(path: string, env: Environment): string {
  const home = env("HOME");
  return home !== undefined && path.startsWith("~/") ? join(home, path.slice(2)) : path;
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
