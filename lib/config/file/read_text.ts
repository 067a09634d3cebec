import { whyUnreadable } from "../../protocol/why_unreadable.ts";

/** Enough for a thousand cameras. Reading more would block everything else. */
const MAX_BYTES = 128 * 1024;

/**
 * Reads a text file, up to a maximum size.
 *
 * @throws {RangeError} that says what is wrong with the file
 */
export async function readText(path: string): Promise<string> {
  const bytes = await readBytes(path);
  if (bytes.length > MAX_BYTES) {
    throw new RangeError(`is larger than ${MAX_BYTES / 1024} KiB, fewer lines were expected`);
  }
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe || bytes[0] === 0xfe && bytes[1] === 0xff;
  if (isUtf16 || bytes.includes(0)) {
    throw new RangeError("is not UTF-8 text (UTF-16?), UTF-8 was expected: save it as UTF-8");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new RangeError("is not UTF-8 text, UTF-8 was expected: save it as UTF-8");
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    // Reading a pipe or a device would block.
    const { isFile, isDirectory } = await Deno.stat(path);
    if (!isFile) {
      throw new RangeError(`is ${isDirectory ? "a folder" : "not a file"}, a file was expected`);
    }
    using file = await Deno.open(path);
    const bytes = new Uint8Array(MAX_BYTES + 1);
    let length = 0;
    while (length < bytes.length) {
      const read = await file.read(bytes.subarray(length));
      if (read === null) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } catch (cause) {
    if (cause instanceof RangeError) throw cause;
    throw new RangeError(`can't be read: ${whyUnreadable(cause)}`, { cause });
  }
}
