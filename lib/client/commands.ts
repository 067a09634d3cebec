import type { ViewerSettings } from "../protocol/viewer_settings.ts";

/**
 * A viewer's commands. Each promise is rejected with the server's words, or when the connection
 * ends.
 */
export interface Commands {
  /** Changes the given settings and keeps the rest; resolves to the settings in force. */
  configure(settings: Partial<ViewerSettings>): Promise<ViewerSettings>;
  /** Stops the pictures, until {@linkcode Commands.resume}. */
  pause(): Promise<void>;
  /** Pictures again. */
  resume(): Promise<void>;
  /** The answer of `GET /state`. */
  status(): Promise<Readonly<Record<string, unknown>>>;
  /** Sets the given values, and lists a camera's controls with ranges and current values. */
  control(
    camera: string,
    set?: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** Sends an annotation of a picture to all viewers who ask for annotations. */
  annotate(remark: Remark): Promise<void>;
}

/** A program's annotation of a picture. */
export interface Remark {
  /** The camera. @default {the one that is watched} */
  camera?: string;
  /** The picture's time of capture. @default {the newest picture's} */
  timestamp?: number;
  /**
   * Objects found in the picture, with their positions: 0 to 1 of its size, from its left and top
   * edges.
   */
  boxes?: readonly {
    x: number;
    y: number;
    width: number;
    height: number;
    label?: string;
    score?: number;
  }[];
  /** A text about the whole picture. */
  text?: string;
  /**
   * How long it lasts, in seconds.
   *
   * @default {1}
   */
  for?: number;
}

/** The commands of one connection, and the side on which answers arrive. */
export interface CommandLine {
  /** The side for sending commands. */
  readonly commands: Commands;
  /** Takes a message, if it answers one of them. */
  hear(message: Readonly<Record<string, unknown>>): boolean;
  /** No more answers will come. */
  end(reason: string): void;
}

type Fields = Readonly<Record<string, unknown>>;

/** Sends a command of a type; resolves to the answer. */
type Ask = (type: string, fields?: Fields) => Promise<Fields>;

interface Waiting {
  resolve(answer: Fields): void;
  reject(error: Error): void;
}

/**
 * Commands on a connection; none is sent yet.
 *
 * @param send sends a text; may throw
 */
export function createCommandLine(send: (text: string) => void): CommandLine {
  const waiting = new Map<string, Waiting>();
  let sent = 0;
  let ending: string | undefined;
  const ask: Ask = (type, fields = {}) =>
    new Promise((resolve, reject) => {
      if (ending !== undefined) throw new Error(`Cannot ${type}: ${ending}`);
      const id = `command ${++sent}`;
      send(JSON.stringify({ ...fields, type, id }));
      waiting.set(id, { resolve, reject });
    });
  return {
    commands: commandsBy(ask),
    hear(message) {
      const { type, id, message: words } = message;
      const asked = typeof id === "string" ? waiting.get(id) : undefined;
      if (typeof id !== "string" || asked === undefined) return false;
      waiting.delete(id);
      if (type === "error") asked.reject(new Error(String(words)));
      else asked.resolve(message);
      return true;
    },
    end(reason) {
      ending ??= reason;
      for (const { reject } of waiting.values()) reject(new Error(`No answer came: ${reason}`));
      waiting.clear();
    },
  };
}

function commandsBy(ask: Ask): Commands {
  /** The answer, without the fields that mark it as one. */
  const answerTo: Ask = async (type, fields) => {
    const { type: _, id: __, ...answer } = await ask(type, fields);
    return answer;
  };
  return {
    configure: async (settings) =>
      await answerTo("configure", { ...settings }) as unknown as ViewerSettings,
    pause: async () => void await ask("pause"),
    resume: async () => void await ask("resume"),
    status: () => answerTo("status"),
    control: (camera, set) => answerTo("control", set === undefined ? { camera } : { camera, set }),
    annotate: async (remark) => void await ask("annotate", { ...remark }),
  };
}
