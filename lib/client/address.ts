import type { ViewerSettings } from "../protocol/viewer_settings.ts";

/**
 * The address of a server's WebSocket, with a viewer's wishes. Wishes that stand in the address
 * already stay, unless they are given anew. Unless something else is said here or there, pictures
 * are acknowledged, and come as files, which take a quarter fewer bytes than base64.
 *
 * @param settings `null` stands for what the camera gives
 * @throws {TypeError} when the address is none
 */
export function addressWith(url: string, settings: Partial<ViewerSettings> = {}): string {
  const address = new URL(url);
  const query = address.searchParams;
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined || value === null) query.delete(name);
    else query.set(name, typeof value === "boolean" ? String(Number(value)) : String(value));
  }
  if (!query.has("ack")) query.set("ack", "1");
  if (!query.has("format")) query.set("format", "binary");
  return address.href;
}
