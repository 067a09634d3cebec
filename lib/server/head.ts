export interface HeadOptions {
  /**
   * Whether the body of a successful response is endless.
   *
   * @default {false}
   */
  isEndless?: boolean | undefined;
}

/**
 * The response to HEAD that matches a response to GET: the same without the body. Deno would send
 * the body over HTTP/2, which breaks the connection for clients, and would claim that a missing
 * body is empty.
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

/** A body of unknown length, so that none is stated. */
function ended(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({ start: (controller) => controller.close() });
}
