import type { Capture } from "../frame/capture.ts";
import { quote } from "../protocol/quote.ts";
import { type BrokerAddress, isRelayUrl, parseRelayUrl } from "../protocol/relay_url.ts";
import { againstHiddenAddress, checkAddress, isAddress, redactUrl } from "./address.ts";
import type { FfmpegSpec } from "./ffmpeg/ffmpeg_spec.ts";
import type { Inlet } from "./push/inlet.ts";
import type { Source } from "./source.ts";

/** A camera that another wscam publishes through NATS; `*` stands for every published camera. */
export interface RelaySpec {
  /** Discriminates it from a {@linkcode SourceSpec}. */
  kind: "relay";
  /** The server. */
  broker: BrokerAddress;
  /** The camera's name there. */
  camera: string;
}

/** The source of a camera's frames, as the user named it. */
export type SourceSpec = FfmpegSpec | { kind: "test" } | { kind: "push" };

/** The same, or a camera that comes through NATS. */
export type AnySourceSpec = SourceSpec | RelaySpec;

/** The means to open a source. */
export interface OpenerOptions {
  /** The ffmpeg to run. */
  ffmpeg: string;
  /**
   * The inlet for pictures that a program pushes.
   *
   * @default {an inlet that no program can reach}
   */
  inlet?: Inlet | undefined;
}

/** Makes a source for one capture; it is not opened yet. */
type Opener<Spec> = (spec: Spec, capture: Capture, options: OpenerOptions) => Source;

/** A kind of source: how the user writes it, and what opens it. */
interface SourceKind<Spec> {
  /** How it is written, for the help, unless another row says so. */
  written?: string;
  /** The word that stands for the one source of this kind. */
  word?: string;
  /**
   * Reads what the user wrote; `undefined` if it is of another kind.
   *
   * @throws {RangeError} if it is of this kind and can't be used
   */
  read: (text: string) => Spec | undefined;
  /** Describes it in words that may be shown to anybody. */
  describe: (spec: Spec) => string;
  /**
   * The name of a camera that was given none.
   *
   * @default {its description}
   */
  nameOf?: (spec: Spec) => string;
  /**
   * Whether its frames are always pixels.
   *
   * @default {false}
   */
  isDrawn?: boolean;
  /**
   * Whether it may have room for only one reader.
   *
   * @default {false}
   */
  isHeldByOne?: boolean;
  /** Loads the code that opens it. Cameras that come through NATS are opened by `lib/relay`. */
  load?: () => Promise<Opener<Spec>>;
}

const VIDEO_FILE =
  /\.(3gp|avi|flv|gif|h26[45]|m2ts|m4v|mjpe?g|mkv|mov|mp4|mpe?g|mts|ogv|ts|webm|wmv|y4m)$/i;

/** All kinds of sources. The first that reads a text is the one that was meant. */
const KINDS: {
  readonly [Kind in AnySourceSpec["kind"]]: SourceKind<Extract<AnySourceSpec, { kind: Kind }>>;
} = {
  index: {
    written: "index",
    read: (text) => /^\d{1,4}$/.test(text) ? { kind: "index", index: Number(text) } : undefined,
    describe: ({ index }) => String(index),
    isHeldByOne: true,
    load: loadFfmpeg,
  },
  device: {
    written: "device path or name",
    // On Windows, ffmpeg's own name for a device begins with '@device_', for devices that the usual
    // name doesn't identify.
    read: (text) => /^(\/dev\/|@device_)/.test(text) ? { kind: "device", path: text } : undefined,
    describe: ({ path }) => path,
    isHeldByOne: true,
    load: loadFfmpeg,
  },
  relay: {
    read: (text) => isRelayUrl(text) ? parseRelay(text) : undefined,
    describe: ({ broker, camera }) => `${broker.shown}/${camera}`,
    nameOf: ({ broker, camera }) => camera === "*" ? `${broker.shown}/*` : camera,
  },
  url: {
    written: "URL",
    read: (text) => isAddress(text) ? { kind: "url", url: checkAddress(text) } : undefined,
    describe: ({ url }) => redactUrl(url),
    nameOf: ({ url }) => URL.parse(url)?.host || "stream",
    isHeldByOne: true,
    load: async () => (await import("./http/http_source.ts")).openAddress,
  },
  file: {
    written: "video file",
    read: (text) => isFile(text) ? { kind: "file", path: text } : undefined,
    describe: ({ path }) => path,
    nameOf: ({ path }) => path.split(/[/\\]/).at(-1) ?? path,
    load: loadFfmpeg,
  },
  test: {
    ...word("test"),
    isDrawn: true,
    load: async () => (await import("./test_picture/test_picture.ts")).openTestPicture,
  },
  push: {
    ...word("push"),
    load: async () => (await import("./push/push_source.ts")).openPush,
  },
  name: {
    read: (name) => ({ kind: "name", name }),
    describe: ({ name }) => name,
    isHeldByOne: true,
    load: loadFfmpeg,
  },
};

/** The ways to write a source, for the help. */
export const SOURCE_NOTATIONS: readonly string[] = Object.values(KINDS)
  .flatMap(({ written }) => written ?? []);

/** The sources that are written as one word. */
export const SOURCE_WORDS: readonly string[] = Object.values(KINDS)
  .flatMap(({ word }) => word ?? []);

/**
 * Reads a source, whatever spaces are around it.
 *
 * @throws {RangeError} when it is empty, or can't be used
 */
export function parseSource(text: string): AnySourceSpec {
  const trimmed = text.trim();
  againstHiddenAddress(trimmed);
  for (const { read } of trimmed === "" ? [] : Object.values(KINDS)) {
    const spec = read(trimmed);
    if (spec !== undefined) return spec;
  }
  throw new RangeError(`must name a source, got ${quote(text)}`);
}

/** The source in words that may be shown to anybody: addresses lose user, password and query. */
export function describeSource(spec: AnySourceSpec): string {
  return kindOf(spec).describe(spec);
}

/** The name of a camera that was given none. */
export function nameOfSource(spec: AnySourceSpec): string {
  const { nameOf, describe } = kindOf(spec);
  return (nameOf ?? describe)(spec);
}

/** Whether a source always gives pixels. */
export function isDrawn(spec: Pick<AnySourceSpec, "kind">): boolean {
  return kindOf(spec).isDrawn === true;
}

/** Whether a source may have room for only one reader, as devices have. */
export function isHeldByOne(spec: Pick<AnySourceSpec, "kind">): boolean {
  return kindOf(spec).isHeldByOne === true;
}

/** Loads the code for a source. Returns a function that makes the source for one capture. */
export async function loadSource<Spec extends SourceSpec>(
  spec: Spec,
): Promise<(capture: Capture, options: OpenerOptions) => Source> {
  const open = await kindOf(spec).load?.();
  if (open === undefined) throw new TypeError(`Cannot open a source of kind ${quote(spec.kind)}`);
  return (capture, options) => open(spec, capture, options);
}

/** The fields of a kind that has one source, written as the kind's name. */
function word<Kind extends string>(
  kind: Kind,
): Pick<SourceKind<{ kind: Kind }>, "word" | "written" | "read" | "describe"> {
  return {
    word: kind,
    written: quote(kind),
    read: (text) => text === kind ? { kind } : undefined,
    describe: () => kind,
  };
}

/** The row of a spec. The compiler can't follow a spec's kind into the table. */
function kindOf<Spec extends Pick<AnySourceSpec, "kind">>(spec: Spec): SourceKind<Spec> {
  return KINDS[spec.kind] as unknown as SourceKind<Spec>;
}

async function loadFfmpeg(): Promise<Opener<FfmpegSpec>> {
  const { FfmpegSource } = await import("./ffmpeg/ffmpeg_source.ts");
  return (spec, capture, options) => new FfmpegSource(spec, capture, options);
}

function isFile(text: string): boolean {
  return /[/\\]/.test(text) || VIDEO_FILE.test(text);
}

function parseRelay(url: string): RelaySpec {
  const relay = parseRelayUrl(url);
  if (relay.camera !== "") return { kind: "relay", ...relay };
  throw new RangeError(
    `must name a camera, or '*' for every one: ${relay.broker.shown}/NAME, got ${
      quote(relay.broker.shown)
    }`,
  );
}
