import { eventually } from "../eventually.ts";
import { childrenOf } from "../system/processes.ts";
import { wscamArgs } from "./wscam.ts";

/** A real terminal without a window: tmux, with a server of its own. */
export interface TestTerminal extends AsyncDisposable {
  /** The text of each row, without colours. */
  rows(): Promise<string[]>;
  /** The colours of the cells of a row, from the left: foreground and background as the SGR has them. */
  colours(row: number): Promise<{ text: string; fore: string; back: string }[]>;
  /** The modes that are on: the alternate screen, the cursor, lines that wrap. */
  modes(): Promise<{ alternate: boolean; cursor: boolean; wrap: boolean }>;
  /** wscam's process. */
  program(): Promise<number>;
  /** Everything that was written to it so far, byte by byte. */
  written(): Promise<string>;
  /** Makes it larger or smaller. */
  resize(columns: number, rows: number): Promise<void>;
  /** Presses a key by tmux's name for it. */
  press(key: string): Promise<void>;
  /** Types a line into the shell that runs when wscam has ended. */
  type(line: string): Promise<void>;
  /** Waits until its rows look as wanted, and returns them. */
  untilRows(looksRight: (rows: string[]) => boolean, what: string): Promise<string[]>;
}

export interface TerminalOptions {
  columns: number;
  rows: number;
  /** Added to the environment. */
  env?: Record<string, string>;
  /** Whether wscam doesn't end by itself when the terminal goes away. @default {false} */
  ignoreHangup?: boolean;
  /** A compiled wscam, to be run instead of the sources. */
  executable?: string;
}

const PATIENCE_MS = 60_000;

/** Runs wscam in a terminal, and a shell when it has ended. */
export async function openTerminal(
  args: readonly string[],
  { columns, rows, env = {}, ignoreHangup = false, executable }: TerminalOptions,
): Promise<TestTerminal> {
  const dir = await Deno.makeTempDir({ prefix: "wscam-terminal-" });

  async function tmux(...words: string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-u", "-S", `${dir}/socket`, "-f", "/dev/null", ...words],
      env: { LC_ALL: "C.UTF-8", PS1: "$ " },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`tmux ${words.join(" ")} failed: ${decoder.decode(stderr)}`);
    return decoder.decode(stdout);
  }

  const variables = Object.entries({ NO_COLOR: "1", ...env })
    .flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const size = ["-x", String(columns), "-y", String(rows)];
  await tmux("new-session", "-d", ...size, ...variables, "sh");
  await tmux("set", "-g", "status", "off");
  await tmux("resize-window", ...size);
  await tmux("pipe-pane", `cat > ${dir}/written`);
  const type = async (line: string): Promise<void> => {
    await tmux("send-keys", "-l", line);
    await tmux("send-keys", "Enter");
  };
  const rowsNow = async (): Promise<string[]> =>
    (await tmux("capture-pane", "-p")).replace(/\n$/, "").split("\n");
  const words = executable === undefined
    ? [Deno.execPath(), ...wscamArgs(...args)]
    : [executable, ...args];
  const command = words.map((word) => `'${word}'`).join(" ");
  if (ignoreHangup) await type("trap '' HUP");
  await type(`clear; ${command}; echo "status=$?"`);
  return {
    rows: rowsNow,
    async colours(row) {
      return cellsOf(await tmux("capture-pane", "-p", "-e", "-S", String(row), "-E", String(row)));
    },
    async modes() {
      const format = "#{alternate_on}#{cursor_flag}#{wrap_flag}";
      const [alternate, cursor, wrap] = [...await tmux("display", "-p", format)]
        .map((flag) => flag === "1") as [boolean, boolean, boolean];
      return { alternate, cursor, wrap };
    },
    async program() {
      const shell = Number(await tmux("display", "-p", "#{pane_pid}"));
      const [pid] = await childrenOf(shell);
      if (pid === undefined) throw new Error("Nothing runs in the terminal");
      return pid;
    },
    written: () => Deno.readTextFile(`${dir}/written`),
    async resize(columns, rows) {
      await tmux("resize-window", "-x", String(columns), "-y", String(rows));
    },
    async press(key) {
      await tmux("send-keys", key);
    },
    type,
    async untilRows(looksRight, what) {
      let last: string[] = [];
      await eventually(async () => looksRight(last = await rowsNow()), {
        within: PATIENCE_MS,
        what,
      }).catch((cause) => {
        throw new Error(`The terminal shows:\n${last.join("\n")}`, { cause });
      });
      return last;
    },
    async [Symbol.asyncDispose]() {
      await tmux("kill-server");
      await Deno.remove(dir, { recursive: true });
    },
  };
}

/** Reads a row with its colours, as `capture-pane -e` writes it. */
function cellsOf(line: string): { text: string; fore: string; back: string }[] {
  let [fore, back] = ["", ""];
  const cells = [];
  // deno-lint-ignore no-control-regex -- colours are set by control characters
  for (const [part, parameters] of line.replace(/\n$/, "").matchAll(/\x1b\[([\d;]*)m|./gu)) {
    if (parameters === undefined) cells.push({ text: part, fore, back });
    else if (/^0?$/.test(parameters)) [fore, back] = ["", ""];
    else if (parameters === "39") fore = "";
    else if (parameters === "49") back = "";
    else if (parameters.startsWith("38;")) fore = parameters.slice(3);
    else if (parameters.startsWith("48;")) back = parameters.slice(3);
  }
  return cells;
}
