/** Whether a program exists and succeeds. */
export function runs(command: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(command, { args, stdin: "null", stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    // There is no such program.
    return false;
  }
}

/** Whether a C program can be compiled. */
export function compiles(source: string, ...libraries: string[]): boolean {
  const dir = Deno.makeTempDirSync({ prefix: "wscam-needs-" });
  try {
    Deno.writeTextFileSync(`${dir}/probe.c`, source);
    return runs("cc", "-o", `${dir}/probe`, `${dir}/probe.c`, ...libraries);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

/** Whether a file exists. */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
