import { printable } from "../../log.ts";
import { qrCode } from "../qr_code.ts";
import { viewerHosts } from "./addresses.ts";
import { VERSION } from "../version.ts";

export interface BannerOptions {
  /** The cameras' names. */
  cameras: readonly string[];
  /** Whether it serves https. */
  isTls: boolean;
  /** The width of the terminal in columns, if the page's address is wanted as a QR code. */
  qrColumns: number | undefined;
}

/** The space before a QR code. */
const MARGIN = 4;

/** The text printed at start: the version, the cameras, and the addresses to type or scan. */
export async function banner(
  address: Deno.Addr,
  { cameras, isTls, qrColumns }: BannerOptions,
): Promise<string> {
  const s = isTls ? "s" : "";
  const names = cameras.map(printable).join(", ") || "(none yet)";
  const lines = [`wscam ${VERSION}, ${cameras.length === 1 ? "camera" : "cameras"} ${names}`];
  if (address.transport === "unix") return [...lines, `  unix:${address.path}`, ""].join("\n");
  if (address.transport !== "tcp") return [...lines, ""].join("\n");
  const { hostname, port } = address;
  const hosts = viewerHosts(hostname, Deno.networkInterfaces());
  for (const host of hosts) {
    const at = `${host}:${port}`;
    lines.push(`  page http${s}://${at}/`.padEnd(40) + ` WebSocket ws${s}://${at}`);
  }
  // A phone is another machine: it can't use localhost.
  const lan = hosts.find((host) => !/^(localhost$|127\.|\[::1\])/.test(host));
  if (qrColumns !== undefined && lan !== undefined) {
    lines.push(...await framedQr(`http${s}://${lan}:${port}/`, qrColumns));
  }
  return [...lines, ""].join("\n");
}

async function framedQr(url: string, columns: number): Promise<string[]> {
  const rows = await qrCode(url, columns - MARGIN);
  if (rows.length === 0) return [];
  return ["", ...rows.map((row) => " ".repeat(MARGIN) + row), "", `    for a phone: ${url}`];
}
