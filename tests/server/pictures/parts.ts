import { assert } from "@std/assert";

/** One part of an answer of several. */
export interface Part {
  headers: Headers;
  body: Uint8Array;
}

/** Reads the parts of a `multipart/x-mixed-replace` answer by their lengths, until it ends. */
export async function* readParts(response: Response): AsyncGenerator<Part, void> {
  assert(response.body);
  const reader = response.body.getReader();
  let bytes = new Uint8Array();
  const more = async (): Promise<boolean> => {
    const { value } = await reader.read();
    if (value === undefined) return false;
    const both = new Uint8Array(bytes.length + value.length);
    both.set(bytes);
    both.set(value, bytes.length);
    bytes = both;
    return true;
  };
  const take = async (count: number): Promise<Uint8Array | undefined> => {
    while (bytes.length < count) if (!await more()) return undefined;
    const taken = bytes.slice(0, count);
    bytes = bytes.slice(count);
    return taken;
  };
  const takeLine = async (): Promise<string | undefined> => {
    let end: number;
    while ((end = bytes.indexOf(10)) < 0) if (!await more()) return undefined;
    return new TextDecoder().decode(await take(end + 1)).trimEnd();
  };
  try {
    for (let line = await takeLine(); line !== undefined; line = await takeLine()) {
      assert(line === "--wscam", `a boundary must be here, not ${line}`);
      const headers = new Headers();
      while ((line = await takeLine())) headers.append(...line.split(": ") as [string, string]);
      if (line === undefined) return;
      const body = await take(Number(headers.get("content-length")));
      if (body === undefined) return;
      yield { headers, body };
      await takeLine();
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
