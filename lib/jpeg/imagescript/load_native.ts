import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { withPrivateTmpdir } from "../../system/private_tmpdir.ts";
import type { Image } from "./imagescript.d.ts";

let loading: Promise<Image["encodeJPEG"]> | undefined;

/**
 * Loads imagescript's encoder, even after an earlier failure.
 *
 * @throws {Error} when its native part can't be loaded, in imagescript's words; a system error,
 *   when it can't be written before that
 */
export function loadNative(): Promise<Image["encodeJPEG"]> {
  // When wscam runs from its sources, the file is loaded in place.
  const isWritten = Deno.build.standalone && Deno.build.os !== "windows";
  loading ??= (isWritten ? withPrivateTmpdir(load) : load()).finally(() => loading = undefined);
  return loading;
}

async function load(): Promise<Image["encodeJPEG"]> {
  try {
    return (await import("./native_encoder.ts")).encodeJPEG;
  } catch (error) {
    const address = import.meta.resolve("imagescript");
    if (!address.startsWith("file:")) throw error;
    // A module whose import has failed once fails for ever; `require` tries again.
    const path = fileURLToPath(address);
    const imagescript: { Image: typeof Image } = createRequire(path)(path);
    return imagescript.Image.prototype.encodeJPEG;
  }
}
