import { encode } from "uqr";
import type { ShareConfig } from "../config/share_config.ts";
import { printable, writeStderr, writeStdout } from "../log.ts";
import { signShareLink } from "../server/access/share_link.ts";
import { viewerHosts } from "./serve/addresses.ts";
import { weakTokenWarning } from "./serve/exposure.ts";

/**
 * Prints a link for a guest, and as a QR code on a terminal.
 *
 * @returns the exit status
 */
export async function share({ camera, seconds, url, token }: ShareConfig): Promise<number> {
  const expires = Math.floor(Date.now() / 1000 + seconds);
  const link = new URL(url ?? defaultPage());
  link.searchParams.set("share", await signShareLink({ camera, expires }, token));
  const warning = weakTokenWarning(token);
  if (warning !== undefined) writeStderr(`wscam: ${warning}`);
  if (Deno.stdout.isTerminal()) {
    const end = new Date(expires * 1000).toLocaleString();
    writeStdout(`${qrCode(link.href)}\nShows camera ${printable(camera)} until ${end}:\n`);
  }
  writeStdout(`${link.href}\n`);
  return 0;
}

/** A guest is on another machine: an address of the local network, if there is one. */
function defaultPage(): string {
  const [local = "localhost", lan] = viewerHosts("0.0.0.0", Deno.networkInterfaces());
  return `http://${lan ?? local}:8765/`;
}

/** Two rows of modules in each line, dark on light whatever the terminal's colours are. */
export function qrCode(text: string): string {
  const { data, size } = encode(text, { ecc: "L", border: 2 });
  const blocks = [" ", "\u2584", "\u2580", "\u2588"];
  const line = (y: number): string => {
    const at = (x: number): number => (data[y]?.[x] ? 2 : 0) + (data[y + 1]?.[x] ? 1 : 0);
    return Array.from({ length: size }, (_, x) => blocks[at(x)]).join("");
  };
  const rows = Array.from({ length: Math.ceil(size / 2) }, (_, i) => line(2 * i));
  return rows.map((row) => `\x1b[30;107m${row}\x1b[0m\n`).join("");
}
