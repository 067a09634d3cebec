import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { keepServing } from "../../../lib/server/sockets/keep_serving.ts";
import { eventually } from "../../testutil/eventually.ts";

const ADDRESS: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 7 };

/** A server that ends when the test says so. */
function createFake() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server: Deno.HttpServer = {
    addr: ADDRESS,
    finished: promise,
    ref() {},
    unref() {},
    shutdown() {
      resolve();
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return { server, fail: (message: string) => reject(new Error(message)) };
}

/** Serves by fakes and failures, in order. */
function start(...outcomes: (ReturnType<typeof createFake> | Error)[]) {
  const asked: (Deno.Addr | undefined)[] = [];
  let exhausted = 0;
  const kept = keepServing({
    serve(again) {
      asked.push(again);
      const outcome = outcomes[asked.length - 1];
      if (outcome === undefined) throw new TypeError("it was started too often");
      if (outcome instanceof Error) throw outcome;
      return outcome.server;
    },
    onExhausted: () => exhausted++,
  });
  return { kept, asked, exhausted: () => exhausted };
}

const NO_DESCRIPTORS = "Http Error: Too many open files (os error 24)";

Deno.test("keepServing() listens again on the same address when descriptors ran out", async () => {
  const [first, second] = [createFake(), createFake()];
  const { kept, asked, exhausted } = start(
    first,
    new Error("Too many open files (os error 24)"),
    new Deno.errors.AddrInUse("taken for a while"),
    second,
  );
  first.fail(NO_DESCRIPTORS);
  await eventually(() => asked.length === 4);
  assertEquals(asked, [undefined, ADDRESS, ADDRESS, ADDRESS]);
  assertEquals(exhausted(), 1);
  await kept.shutdown();
  await kept.finished;
});

Deno.test("keepServing() ends when the server ended for another reason", async () => {
  const first = createFake();
  const { kept, asked } = start(first);
  first.fail("the network is gone");
  await assertRejects(() => kept.finished, Error, "the network is gone");
  assertEquals(asked.length, 1);
});

Deno.test("keepServing() ends when it can't listen again", async () => {
  const first = createFake();
  const { kept } = start(first, new Deno.errors.PermissionDenied("not any more"));
  first.fail(NO_DESCRIPTORS);
  await assertRejects(() => kept.finished, Deno.errors.PermissionDenied);
});

Deno.test("keepServing() throws when it can't listen at all", () => {
  assertThrows(() => start(new Deno.errors.AddrInUse("in use")), Deno.errors.AddrInUse);
});

Deno.test("KeptServer.shutdown() ends it also while it waits to listen again", async () => {
  const first = createFake();
  const { kept, asked, exhausted } = start(first);
  first.fail(NO_DESCRIPTORS);
  await eventually(() => exhausted() > 0);
  await kept.shutdown();
  await kept.finished;
  assertEquals(asked.length, 1);
});
