import { eventually } from "../eventually.ts";

/**
 * Runs a program until it has printed some lines.
 *
 * @param command With `stdout` piped.
 * @param count The number of lines.
 */
export async function linesOf(command: Deno.Command, count: number): Promise<string[]> {
  const child = command.spawn();
  let text = "";
  const reading = (async () => {
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) text += part;
  })();
  try {
    await eventually(() => text.split("\n").length > count, { what: `${count} lines` });
  } finally {
    child.kill("SIGKILL");
    await Promise.all([child.status, reading]);
  }
  return text.split("\n").slice(0, count);
}
