import { elementScript } from "./element_file.ts";

/** Answers with `<wscam-view>`. */
export function answerElement(): Response {
  return new Response(elementScript, {
    headers: { "content-type": "text/javascript; charset=utf-8" },
  });
}
