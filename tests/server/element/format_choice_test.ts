import { assertEquals } from "@std/assert";
import { FakeTime } from "./fake_performance.ts";
import { FormatChoice } from "../../../lib/server/element/format_choice.js";
import { CommandError } from "../../../lib/server/element/link/questions.js";

/** A choice of formats on a link that carries this many pictures a second. */
function start(
  {
    expected = 30 as number | (() => number),
    isSupported = true,
    refuses = false,
    isKnown = true,
  } = {},
) {
  const time = new FakeTime();
  const asked: unknown[] = [];
  const choice = new FormatChoice({
    isSupported: () => isSupported,
    isKnown: () => isKnown,
    expectedFps: () => Promise.resolve(typeof expected === "number" ? expected : expected()),
    ask: (command) => {
      asked.push(command);
      return refuses ? Promise.reject(new CommandError("no encoder")) : Promise.resolve({});
    },
  });
  /** Lets time pass. */
  async function pass(seconds: number, fps: number): Promise<void> {
    for (let i = 0; i < 4 * seconds; i++) {
      for (let k = 0; k < fps / 4; k++) {
        time.add(250 / (fps / 4));
        choice.arrive();
      }
      if (fps === 0) time.add(250);
      choice.tick(performance.now());
      await Promise.resolve().then(() => {}).then(() => {});
    }
  }
  choice.restart();
  return { choice, asked, pass, [Symbol.dispose]: () => time.restore() };
}

Deno.test("FormatChoice goes over to H.264 where the link can't carry JPEG for five seconds", async () => {
  using auto = start();
  auto.choice.wish = "auto";
  await auto.pass(10, 20);
  assertEquals(auto.choice.format, "jpeg");
  await auto.pass(10, 8);
  assertEquals([auto.choice.format, auto.choice.reason], ["h264", "slow"]);
  assertEquals(auto.asked, [{ type: "configure", format: "h264" }]);
  assertEquals(auto.choice.noteAt(performance.now()), "slow");
  await auto.pass(20, 30);
  assertEquals([auto.choice.format, auto.choice.noteAt(performance.now())], ["h264", ""]);
});

Deno.test("FormatChoice stays with JPEG where it is the camera that is slow", async () => {
  using auto = start({ expected: 8 });
  auto.choice.wish = "auto";
  await auto.pass(20, 8);
  assertEquals([auto.choice.format, auto.asked.length], ["jpeg", 0]);
});

Deno.test("FormatChoice stays with JPEG where the camera pauses, and looks again later", async () => {
  let fps = 30;
  using auto = start({ expected: () => fps });
  auto.choice.wish = "auto";
  await auto.pass(10, 30);
  fps = 0.5;
  await auto.pass(3, 0);
  fps = 30;
  await auto.pass(25, 30);
  assertEquals(auto.choice.format, "jpeg");
  await auto.pass(20, 8);
  assertEquals([auto.choice.format, auto.choice.reason], ["h264", "slow"]);
});

Deno.test("FormatChoice goes back to JPEG, and tells why", async (t) => {
  await t.step("no pictures come", async () => {
    using auto = start();
    auto.choice.wish = "auto";
    while (auto.choice.format === "jpeg") await auto.pass(0.25, 4);
    await auto.pass(11, 0);
    assertEquals(auto.choice.format, "h264", "it may have been waiting for a key frame");
    await auto.pass(2, 0);
    assertEquals([auto.choice.format, auto.choice.reason], ["jpeg", "stalled"]);
    await auto.pass(30, 4);
    assertEquals(auto.choice.format, "jpeg");
    await auto.pass(40, 4);
    assertEquals(auto.choice.format, "h264");
  });
  await t.step("the server has no H.264", async () => {
    using fixed = start({ refuses: true });
    fixed.choice.wish = "h264";
    await fixed.pass(1, 0);
    assertEquals([fixed.choice.format, fixed.choice.reason], ["jpeg", "refused"]);
  });
  await t.step("the browser has none", async () => {
    using fixed = start({ isSupported: false });
    fixed.choice.wish = "h264";
    await fixed.pass(1, 0);
    assertEquals([fixed.choice.format, fixed.choice.reason], ["jpeg", "unsupported"]);
  });
});

Deno.test("FormatChoice obeys who fixes it", async () => {
  using fixed = start();
  fixed.choice.wish = "jpeg";
  await fixed.pass(20, 1);
  assertEquals([fixed.choice.query, fixed.asked.length], ["binary", 0]);
  fixed.choice.wish = "h264";
  await fixed.pass(20, 30);
  assertEquals(fixed.choice.query, "h264");
  fixed.choice.wish = "auto";
  assertEquals(fixed.choice.query, "binary");
});

Deno.test("FormatChoice tells a server that becomes known what was wished since it was called", () => {
  using early = start({ isKnown: false });
  early.choice.wish = "h264";
  assertEquals(early.choice.call(), "h264");
  early.choice.welcome();
  assertEquals(early.asked, []);
  early.choice.wish = "jpeg";
  assertEquals(early.asked, []);
  early.choice.welcome();
  early.choice.welcome();
  assertEquals(early.asked, [{ type: "configure", format: "binary" }]);
});
