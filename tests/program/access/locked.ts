import { signShareLink } from "../../../lib/server/access/token/share_link.ts";
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

/** An address where nothing answers. */
export const NOWHERE = "http://127.0.0.1:9/";

export async function share(...args: string[]): Promise<Ran> {
  return await run(Deno.execPath(), wscamArgs("share", "--token", TOKEN, ...args));
}

/** The value of a link to a camera that ends after some seconds, as `share` signs it. */
export async function linkTo(camera: string, seconds: number): Promise<string> {
  return await signShareLink({ camera, expires: Date.now() / 1000 + seconds }, TOKEN);
}

/** Asks for a URL with curl: the status, and the answer's head. */
export async function curl(
  url: string,
  ...args: string[]
): Promise<{ status: number; text: string }> {
  const { stdout } = await run("curl", ["-sS", "-i", "-m", "20", ...args, url]);
  return { status: Number(stdout.match(/^HTTP\S+ (\d+)/)?.[1]), text: stdout };
}
