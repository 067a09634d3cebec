import { dirname } from "node:path";
import type { SettingValue } from "../../../frame/capture.ts";
import { REMOTE_SETTINGS } from "../../../frame/change_capture.ts";
import type { Logger } from "../../../log.ts";
import { whyUnreadable } from "../../../protocol/why_unreadable.ts";
import { type CameraOverrides, type Override, Overrides } from "./overrides.ts";

/** This is far more than a thousand cameras need. */
const MAX_BYTES = 1024 * 1024;
/** Marks the file as ours, so that no other program's file is mistaken for it. */
const VERSION = 1;
/** No name accepted by pages and messages is longer. */
const MAX_NAME = 200;

/** A file that keeps the values set by remote control. */
export interface StateFile extends AsyncDisposable {
  /** The values from the file, and those set since. */
  readonly overrides: Overrides;
}

/** Reads the file; from then on, changes are saved to it. A damaged file is set aside. */
export async function openStateFile(path: string, log: Logger): Promise<StateFile> {
  const cameras = await readState(path, log);
  let saving: Promise<void> = Promise.resolve();
  let isDue = false;
  let complaint = "";
  async function save(): Promise<void> {
    if (!isDue) return;
    isDue = false;
    try {
      await writeState(path, overrides.all);
      complaint = "";
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== complaint) log.error(`Cannot save the settings to ${path}: ${reason}`);
      complaint = reason;
    }
  }
  const overrides = new Overrides(cameras, () => {
    isDue = true;
    // Changes made during a write are written together.
    saving = saving.then(save);
  });
  return { overrides, [Symbol.asyncDispose]: () => saving };
}

async function readState(path: string, log: Logger): Promise<Map<string, CameraOverrides>> {
  try {
    const { size } = await Deno.stat(path);
    if (size > MAX_BYTES) throw new TypeError("it is too large");
    return parseState(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    const isBroken = error instanceof SyntaxError || error instanceof TypeError;
    const reason = isBroken ? error.message : whyUnreadable(error);
    log.error(`The saved settings can't be read from ${path}: ${reason}`);
    if (isBroken) await setAside(path, log);
    return new Map();
  }
}

async function setAside(path: string, log: Logger): Promise<void> {
  const aside = `${path}.broken`;
  try {
    await Deno.rename(path, aside);
    log.warn(`The file was renamed to ${aside}`);
  } catch (error) {
    log.error(`The file can't be renamed to ${aside}: ${whyUnreadable(error)}`);
  }
}

/** Writes the file atomically: the new one is complete on disk before it replaces the old one. */
async function writeState(
  path: string,
  cameras: ReadonlyMap<string, CameraOverrides>,
): Promise<void> {
  const text = `${
    JSON.stringify({ version: VERSION, cameras: Object.fromEntries(cameras) }, null, 2)
  }\n`;
  // A link stays one.
  const target = await Deno.realPath(path).catch(() => path);
  const next = `${target}.next`;
  await Deno.mkdir(dirname(target), { recursive: true, mode: 0o700 });
  // A temporary file left when the program was killed during a write.
  await Deno.remove(next).catch(() => {});
  {
    using file = await Deno.open(next, { write: true, createNew: true, mode: 0o600 });
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
  }
  await Deno.rename(next, target);
}

/**
 * @throws {TypeError} when wscam did not write it
 */
function parseState(state: unknown): Map<string, CameraOverrides> {
  if (!isRecord(state) || state["version"] !== VERSION || !isRecord(state["cameras"])) {
    throw new TypeError("it is not a state file of wscam");
  }
  return new Map(
    Object.entries(state["cameras"]).map(([name, camera]) => {
      if (!isRecord(camera) || !isRecord(camera["capture"]) || !isRecord(camera["own"])) {
        throw new TypeError("a camera in it has no settings");
      }
      const { capture, own } = camera;
      if (!Object.entries(capture).every(isOverride) || !Object.entries(own).every(isOwn)) {
        throw new TypeError("a setting in it has no value");
      }
      // Each value has been checked.
      return [name, { capture, own } as unknown as CameraOverrides];
    }),
  );
}

function isOverride([name, override]: [string, unknown]): boolean {
  if (!REMOTE_SETTINGS.includes(name) || !isRecord(override)) return false;
  const { value, asked } = override as Partial<Override>;
  return isValue(value) && isValue(asked);
}

function isOwn([name, value]: [string, unknown]): boolean {
  return name.length <= MAX_NAME && isValue(value);
}

function isValue(value: unknown): value is SettingValue {
  return value === null || ["number", "string", "boolean"].includes(typeof value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
