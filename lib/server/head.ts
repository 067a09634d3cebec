/** Options of {@linkcode headOf}. */
export interface HeadOptions {
  /** Whether the body, where all is well, has no end. @default {false} */
  isEndless?: boolean | undefined;
}

/**
 * The answer to HEAD that belongs to an answer to GET: the same, but for the body. Deno would send the body
 * over HTTP/2, which clients take for a broken connection, and would say that one that it isn't given is empty.
 */
export async function headOf(
  response: Response,
  { isEndless = false }: HeadOptions = {},
): Promise<Response> {
  const { status, headers } = response;
  if (isEndless && response.ok) {
    response.body?.cancel();
    return new Response(ended(), { status, headers });
  }
  if (response.body === null) return response;
  const { length } = await response.bytes();
  headers.set("content-length", String(length));
  return new Response(null, { status, headers });
}

/** A body whose length isn't known, so that none is told. */
function ended(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({ start: (controller) => controller.close() });
}
