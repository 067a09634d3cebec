import { assertEquals } from "@std/assert";
import { EncoderError } from "../../lib/jpeg/encoder_error.ts";
import { EncoderHealth } from "../../lib/encoder/encoder_health.ts";

const START = 1_000_000;
const BROKEN = new Error("Cannot encode picture: ffmpeg: it gave none");
const MISSING = new EncoderError("Cannot load imagescript: it isn't there");

/** A health and the clock that it reads. */
function createBench(): { health: EncoderHealth; clock: { ms: number } } {
  const clock = { ms: START };
  return { health: new EncoderHealth(() => clock.ms), clock };
}

Deno.test("EncoderHealth.fail() tells at once of an encoder that can't work", () => {
  const { health } = createBench();
  assertEquals(health.failure, undefined);
  health.fail(MISSING, "rgba");
  assertEquals(health.failure, {
    state: "failed",
    code: "encoder",
    reason: "can't be shown: cannot load imagescript: it isn't there",
    retryAt: START + 5000,
  });
});

Deno.test("EncoderHealth.fail() forgives broken pictures, but not a second of nothing else", () => {
  const { health, clock } = createBench();
  for (let i = 0; i < 30; i++) {
    health.fail(BROKEN, "jpeg");
    clock.ms += 33;
  }
  assertEquals(health.failure, undefined);
  health.succeed();
  clock.ms += 60_000;
  health.fail(BROKEN, "jpeg");
  clock.ms += 999;
  health.fail(BROKEN, "jpeg");
  assertEquals(health.failure, undefined, "what was before the good one doesn't count");
  clock.ms += 1;
  health.fail(BROKEN, "jpeg");
  const { reason } = health.failure ?? {};
  assertEquals(reason, "can't be shown: cannot encode picture: ffmpeg: it gave none");
  health.fail("refused", "jpeg");
  assertEquals(health.failure?.reason, "can't be shown: refused", "the last word");
});

Deno.test("EncoderHealth.admits() one try every 5 s of what doesn't work, and all else", () => {
  const { health, clock } = createBench();
  assertEquals(health.admits("rgba"), true);
  health.fail(MISSING, "rgba");
  assertEquals([health.admits("rgba"), health.admits("jpeg")], [false, true]);
  clock.ms += 4999;
  assertEquals(health.admits("rgba"), false);
  clock.ms += 1;
  assertEquals(health.admits("rgba"), true);
  health.fail(MISSING, "rgba");
  assertEquals(health.admits("rgba"), false);
  clock.ms -= 3_600_000;
  assertEquals(health.admits("rgba"), true, "a clock that was set back");
});

Deno.test("EncoderHealth.succeed() and forget() end it", () => {
  const { health } = createBench();
  for (const end of [() => health.succeed(), () => health.forget()]) {
    health.fail(MISSING, "rgba");
    end();
    assertEquals([health.failure, health.admits("rgba")], [undefined, true]);
  }
});
