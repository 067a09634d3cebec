import type { ShareConfig } from "../config/commands/share_config.ts";
import { printable, writeStderr, writeStdout } from "../log.ts";
import { signShareLink } from "../server/access/token/share_link.ts";
import { qrCode } from "./qr_code.ts";
import { terminalColumns } from "./terminal_columns.ts";
import { viewerHosts } from "./serve/addresses.ts";
import { checkCamera } from "./share/check_camera.ts";
import { weakTokenWarning } from "./serve/exposure.ts";

/**
 * Prints a link for a guest, and on a terminal a QR code of it.
 *
 * @returns the exit status
 * @throws {Error} when the server answers, and the link would not work there
 */
export async function share({ camera, seconds, url, token }: ShareConfig): Promise<number> {
  const expires = Math.floor(Date.now() / 1000 + seconds);
  const checked = await checkCamera(camera, { token, page: url ?? OWN_PAGE });
  if (checked.kind === "refused") throw new Error(`Cannot share: ${checked.reason}`);
  if (checked.kind === "unknown") {
    writeStderr(`wscam: the camera's name was not checked: ${printable(checked.reason)}`);
  }
  const link = new URL(url ?? defaultPage());
  link.searchParams.set("share", await signShareLink({ camera, expires }, token));
  const warning = weakTokenWarning(token);
  if (warning !== undefined) writeStderr(`wscam: ${warning}`);
  const columns = terminalColumns();
  if (columns !== undefined) {
    const end = new Date(expires * 1000).toLocaleString();
    const qr = await qrCode(link.href, columns);
    const code = qr.length > 0 ? `${qr.join("\n")}\n\n` : "";
    writeStdout(`${code}Shows camera ${printable(camera)} until ${end}:\n`);
  }
  writeStdout(`${link.href}\n`);
  return 0;
}

/** A server on this machine, at the address that it always has. */
const OWN_PAGE = "http://127.0.0.1:8765/";

/** A guest is on another machine: prefer an address on the local network. */
function defaultPage(): string {
  const [local = "localhost", lan] = viewerHosts("0.0.0.0", Deno.networkInterfaces());
  return `http://${lan ?? local}:8765/`;
}
