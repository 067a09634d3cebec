import { fileURLToPath } from "node:url";

/** How this program was started. */
export interface RunningFacts {
  /** `Deno.execPath()`: the executable, or deno itself. */
  execPath: string;
  /** `Deno.mainModule`. */
  mainModule: string;
  /** Whether it is a compiled executable. */
  standalone: boolean;
}

/** How a service starts this program. */
export interface Program {
  /** The program's absolute path, and its arguments before those of wscam. */
  readonly command: readonly string[];
  /** Files and folders that it must be able to read. */
  readonly reads: readonly string[];
  /** The module whose packages deno must have downloaded; `undefined` if deno is not needed. */
  readonly module: string | undefined;
  /** A warning about what may break later. */
  readonly warning: string | undefined;
}

/**
 * As in the task `start`: otherwise V8's young generation grows to 16 MB for short-lived objects.
 */
export const V8_FLAGS = "--v8-flags=--max-semi-space-size=1";

/** Facts about this process. */
export function runningFacts(): RunningFacts {
  const { standalone } = Deno.build;
  // deno on PATH may be a link into a folder that is hidden from the service.
  return { execPath: Deno.execPath(), mainModule: Deno.mainModule, standalone };
}

/** How a service starts the program that is running now. */
export function findProgram({ execPath, mainModule, standalone }: RunningFacts): Program {
  if (standalone) {
    return { command: [execPath], reads: [execPath], module: undefined, warning: undefined };
  }
  const isFile = mainModule.startsWith("file:");
  const module = isFile ? fileURLToPath(mainModule) : mainModule;
  const isVolatile = /[/\\]_npx[/\\]/.test(execPath);
  return {
    // Deno's own warnings would get into the log.
    command: [execPath, "run", "-A", V8_FLAGS, "--no-prompt", "--quiet", module],
    reads: [execPath, ...(isFile ? [fileURLToPath(new URL(".", mainModule))] : [])],
    module,
    warning: isVolatile
      ? `deno is in npx's cache, which npm may empty: install Deno, and then install the service again (${execPath})`
      : undefined,
  };
}
