import { assertEquals, assertRejects } from "@std/assert";
import { Questions } from "../../../lib/server/element/link/questions.js";

/** Sends commands, and keeps the messages. */
function start() {
  const questions = new Questions();
  const sent: string[] = [];
  const ask = (type: string): Promise<unknown> =>
    questions.ask({ type }, (text: string) => sent.push(text));
  return { questions, sent, ask };
}

Deno.test("Questions gives each command the answer that has its id", async () => {
  const { questions, sent, ask } = start();
  const [first, second] = [ask("ping"), ask("pause")];
  assertEquals(sent, ['{"type":"ping","id":1}', '{"type":"pause","id":2}']);
  questions.answer({ type: "paused", id: 2 });
  questions.answer({ type: "pong", id: "1" });
  questions.answer({ type: "pong", id: 1, timestamp: 5 });
  assertEquals(await first, { type: "pong", id: 1, timestamp: 5 });
  assertEquals(await second, { type: "paused", id: 2 });
});

Deno.test("Questions rejects with the server's words, and without where none come", async () => {
  const { questions, ask } = start();
  const [refused, late, lost] = [ask("a"), ask("b"), ask("c")];
  questions.answer({ type: "error", id: 1, message: "no" });
  await assertRejects(() => refused, Error, "no");
  questions.forgetUnanswered(performance.now() + 9000);
  questions.answer({ type: "b", id: 2 });
  assertEquals(await late, { type: "b", id: 2 });
  questions.forgetUnanswered(performance.now() + 11_000);
  assertEquals(await lost.catch(({ message }) => message), "");
  const last = ask("d");
  questions.end();
  assertEquals(await last.catch(({ message }) => message), "");
});
