import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Image } from "./imagescript.d.ts";

/**
 * Loads imagescript's encoder, also where that has failed before.
 *
 * @throws {Error} when its native part can't be loaded, in imagescript's words
 */
export async function loadNative(): Promise<Image["encodeJPEG"]> {
  try {
    return (await import("./native_encoder.ts")).encodeJPEG;
  } catch (error) {
    const address = import.meta.resolve("imagescript");
    if (!address.startsWith("file:")) throw error;
    // A module whose import has failed once fails for ever; one that is required is tried again.
    const path = fileURLToPath(address);
    const imagescript: { Image: typeof Image } = createRequire(path)(path);
    return imagescript.Image.prototype.encodeJPEG;
  }
}
