/** Answers with `<wscam-view>`, which is loaded on demand. */
export async function answerElement(): Promise<Response> {
  const { elementScript } = await import("./element_file.ts");
  return new Response(elementScript, {
    headers: { "content-type": "text/javascript; charset=utf-8" },
  });
}
