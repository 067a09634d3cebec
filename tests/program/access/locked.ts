import { assertEquals } from "@std/assert";
import { type Ran, run } from "../../testutil/program/run.ts";
import { startWscam, type Wscam, wscamArgs } from "../../testutil/program/wscam.ts";

/** With letters that a URL and a subprotocol can't have as they are. */
export const TOKEN = "open sesame/é&=%41?";

export const CAMERAS = [
  "--camera",
  "door=test",
  "--camera",
  "attic=test",
  "--resolution",
  "320x240",
];

export function startLocked(args: string[] = []): Promise<Wscam> {
  return startWscam([...CAMERAS, "--log-level", "debug", ...args], { env: { WSCAM_TOKEN: TOKEN } });
}

/** An address where nobody answers. */
export const NOWHERE = "http://127.0.0.1:9/";

export async function share(...args: string[]): Promise<Ran> {
  return await run(Deno.execPath(), wscamArgs("share", "--token", TOKEN, ...args));
}

/** The value of a link to a camera. */
export async function linkTo(camera: string, time: string): Promise<string> {
  const { code, stdout, stderr } = await share("--camera", camera, "--for", time, "--url", NOWHERE);
  assertEquals(code, 0, stderr);
  return new URL(stdout.trim()).searchParams.get("share") ?? "";
}

/** Asks for a URL with curl: the status, and the answer's head. */
export async function curl(
  url: string,
  ...args: string[]
): Promise<{ status: number; text: string }> {
  const { stdout } = await run("curl", ["-sS", "-i", "-m", "20", ...args, url]);
  return { status: Number(stdout.match(/^HTTP\S+ (\d+)/)?.[1]), text: stdout };
}
