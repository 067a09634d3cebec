/** Answers with `<wscam-view>`, which is loaded when somebody asks for it. */
export async function answerElement(): Promise<Response> {
  const { elementScript } = await import("./element_file.ts");
  return new Response(elementScript, {
    headers: { "content-type": "text/javascript; charset=utf-8" },
  });
}
