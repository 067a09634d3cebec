import { assert, assertEquals, assertRejects } from "@std/assert";
import { Change } from "../../lib/camera/change.ts";
import { SourceError } from "../../lib/frame/source_error.ts";

Deno.test("ask() ends the capture that goes on, and resolves with the next one's frame", async () => {
  const change = new Change();
  change.begin();
  const { signal } = change;
  const asked = change.ask();
  assert(signal.aborted);
  assert(change.isAwaited);
  change.begin();
  assert(!change.signal.aborted);
  change.succeed();
  await asked;
  assert(!change.isAwaited);
});

Deno.test("ask() rejects with the reason of a failure", async () => {
  const change = new Change();
  const asked = change.ask();
  change.fail({ code: "failed", reason: "refuses 640x480" }, true);
  await assertRejects(() => asked, SourceError, "refuses 640x480");
  assert(!change.isAwaited);
});

Deno.test("ask() resolves when nobody wants a frame any more", async () => {
  const change = new Change();
  const asked = change.ask();
  change.settle();
  await asked;
});

Deno.test("fail() is hidden once from those who had frames, until there are frames again", () => {
  const change = new Change();
  const askAndFail = (wasLive: boolean): boolean => {
    change.ask().catch(() => {});
    return change.fail({ code: "failed", reason: "no" }, wasLive);
  };
  assertEquals(
    change.fail({ code: "failed", reason: "unplugged" }, true),
    false,
    "nothing was asked for",
  );
  assertEquals(askAndFail(false), false, "they had no frames");
  assertEquals(askAndFail(true), true);
  assertEquals(askAndFail(true), false, "the way back failed as well");
  assertEquals(askAndFail(true), true);
  change.succeed();
  assertEquals(askAndFail(true), true);
});
