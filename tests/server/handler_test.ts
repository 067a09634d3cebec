import { assertEquals } from "@std/assert";
import { createLogger } from "../../lib/log.ts";
import { Guard } from "../../lib/server/access/access.ts";
import { plain } from "../../lib/server/answers.ts";
import { createHandler } from "../../lib/server/handler.ts";
import type { Parts } from "../../lib/server/route.ts";
import { ConnectionFacts } from "../../lib/server/sockets/connection_facts.ts";
import { Cameras } from "../../lib/stream/cameras.ts";

const FROM = { transport: "tcp", hostname: "127.0.0.1", port: 1 } as const;

Deno.test("the handler answers HEAD without a body where its answer fails, now or later", async (t) => {
  await using cameras = new Cameras();
  const failing: Record<string, Partial<Parts>> = {
    "/": { page: () => Promise.reject(new Error("later")) as never },
    "/metrics": {
      metrics: {
        response: () => {
          throw new Error("now");
        },
      } as never,
    },
  };
  for (const [path, parts] of Object.entries(failing)) {
    for (const method of ["GET", "HEAD"]) {
      await t.step(`${method} ${path}`, async () => {
        const handle = createHandler(cameras, {
          parts: parts as Parts,
          sweeper: { factsAt: () => new ConnectionFacts(), isThere: () => true, cut: () => {} },
          guard: new Guard({ log: createLogger({ write: () => true }) }),
          onError: () => plain(500, "The server has failed to answer this"),
        });
        const request = new Request(`http://127.0.0.1${path}`, { method });
        const response = await handle(request, { remoteAddr: FROM, completed: Promise.resolve() });
        assertEquals(response.status, 500);
        assertEquals(response.body === null, method === "HEAD");
        assertEquals(
          await response.text(),
          method === "HEAD" ? "" : "The server has failed to answer this\n",
        );
      });
    }
  }
});
