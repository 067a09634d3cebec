import { sleep } from "../time/sleep.ts";

/** A child gets this long after SIGTERM. */
const GRACE_MS = 2000;
/**
 * A child that has hung for seconds gets this long, in milliseconds: waiting for it is pointless.
 */
export const HUNG_GRACE_MS = 200;
/** A killed child is gone within this time, unless its device blocks it. */
const GONE_MS = 500;
/** Enough for a list of many devices. */
const MAX_LAST_WORDS = 16_384;
/** Everything it wrote before its end arrives within this time. */
const LAST_WORDS_MS = 200;
/** A child that complains faster than this has to wait for us. */
const MAX_STDERR_BYTES = 128 * 1024;
const STDERR_PAUSE_MS = 100;

/**
 * Runs a command so that it never outlives wscam. Our end of the guard's stdin closes when wscam
 * ends, however it ends, and then the guard kills its process group. A line on stdin asks for
 * SIGTERM, a second one for SIGKILL. The guard reaps its children: if wscam is process 1 of a
 * container, nobody else does. The shell's own messages about a killed command aren't passed on as
 * the command's.
 */
const GUARD = `
exec 3<&0
"$@" 3<&- </dev/null &
child=$!
{
  if read -r _ <&3; then
    kill -TERM "$child"
    if read -r _ <&3; then
      kill -KILL "$child"
      read -r _ <&3
    fi
  fi
  kill -KILL 0
} >/dev/null 2>&1 &
exec 3<&-
wait "$child" 2>/dev/null
status=$?
kill -KILL "$!"
wait "$!" 2>/dev/null
exit "$status"
`;

export interface ChildOptions {
  /**
   * Called for each whole line on stderr; returns whether the line was meant for us and is not one
   * of its last words.
   */
  onLine?: ((line: string) => boolean) | undefined;
}

/** A child process that writes frames to stdout and its complaints to stderr. */
export class Child implements AsyncDisposable {
  /** Its stdout. The caller reads or cancels it. */
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Its exit status; 128 plus the signal's number after a signal. Resolves once it is reaped. */
  readonly exited: Promise<number>;
  readonly #process: Deno.ChildProcess;
  readonly #guarded: boolean;
  readonly #stderr: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  #lastWords = "";
  readonly #ended = new AbortController();
  #closed: Promise<void> | undefined;

  /**
   * Starts a command.
   *
   * @throws {Deno.errors.NotFound} when it isn't there; under a guard, the child exits with 127
   *   instead
   */
  constructor(command: string, args: readonly string[], { onLine }: ChildOptions = {}) {
    this.#guarded = Deno.build.os !== "windows";
    const [file, argv] = this.#guarded
      ? ["/bin/sh", ["-c", GUARD, "wscam-guard", command, ...args]] as const
      : [command, args] as const;
    this.#process = new Deno.Command(file, {
      args: [...argv],
      stdin: this.#guarded ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
      detached: this.#guarded,
    }).spawn();
    this.stdout = this.#process.stdout;
    this.#stderr = this.#process.stderr.getReader();
    this.exited = this.#reap(this.#listen(onLine));
  }

  /** The last lines on stderr, oldest first, without truncated ones. */
  get lastWords(): string[] {
    return this.#lastWords.split(/[\r\n]+/).filter((line) => line !== "");
  }

  /**
   * Stops it with SIGTERM, then SIGKILL, and waits until it is reaped.
   *
   * @param graceMs the time between the two, in milliseconds; the first call decides
   */
  close(graceMs: number = GRACE_MS): Promise<void> {
    return this.#closed ??= this.#close(graceMs);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(graceMs: number): Promise<void> {
    const guard = this.#guarded ? this.#process.stdin.getWriter() : undefined;
    // It may have ended already.
    const ask = () => void guard?.write(new TextEncoder().encode("stop\n")).catch(() => {});
    if (guard) ask();
    else this.#kill("SIGTERM");
    const timers = [
      setTimeout(ask, graceMs),
      setTimeout(() => this.#kill("SIGKILL"), graceMs + GONE_MS),
    ];
    await this.#process.status;
    timers.forEach(clearTimeout);
    await guard?.close().catch(() => {});
    if (guard) await this.#endGroup();
    await Promise.all([this.exited, this.stdout.locked ? undefined : this.stdout.cancel()]);
  }

  /**
   * Its own child processes are killed with it, so that none of them keeps the camera or our pipes.
   */
  async #endGroup(): Promise<void> {
    const deadline = performance.now() + GONE_MS;
    while (this.#kill("SIGKILL") && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Whether there was anything left to kill. */
  #kill(signal: "SIGTERM" | "SIGKILL"): boolean {
    try {
      if (this.#guarded) Deno.kill(-this.#process.pid, signal);
      else this.#process.kill(signal);
      return true;
    } catch {
      return false;
    }
  }

  /** Waits for its end and its last words, unless a process it left behind keeps the pipe open. */
  async #reap(listening: Promise<void>): Promise<number> {
    const { code } = await this.#process.status;
    this.#ended.abort();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LAST_WORDS_MS);
    await Promise.race([listening, late]);
    clearTimeout(timer);
    await this.#stderr.cancel();
    return code;
  }

  /** Keeps only the end of its stderr: endless complaints cost no memory. */
  async #listen(onLine: ChildOptions["onLine"]): Promise<void> {
    const decoder = new TextDecoder();
    let unfinished = "";
    let left = MAX_STDERR_BYTES;
    while (true) {
      const { value: chunk } = await this.#stderr.read();
      if (chunk === undefined) break;
      left -= chunk.length;
      const text = unfinished + decoder.decode(chunk, { stream: true });
      const end = text.lastIndexOf("\n") + 1;
      unfinished = text.slice(end).slice(-MAX_LAST_WORDS);
      this.#keep(onLine ? withoutTaken(text.slice(0, end), onLine) : text.slice(0, end));
      if (left <= 0) {
        await sleep(STDERR_PAUSE_MS, this.#ended.signal);
        left = MAX_STDERR_BYTES;
      }
    }
    this.#keep(unfinished);
  }

  #keep(words: string): void {
    const text = this.#lastWords + words;
    const cut = text.length - MAX_LAST_WORDS;
    const end = text.indexOf("\n", cut);
    this.#lastWords = cut > 0 ? text.slice(end < 0 ? cut : end + 1) : text;
  }
}

/** The lines of a text that aren't taken. */
function withoutTaken(text: string, take: NonNullable<ChildOptions["onLine"]>): string {
  return text.split(/(?<=\n)/).filter((line) => !take(line.trimEnd())).join("");
}
