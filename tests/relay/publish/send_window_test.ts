import { assertEquals } from "@std/assert";
import { SendWindow } from "../../../lib/relay/publish/send_window.ts";

Deno.test("SendWindow lets two on their way to a near broker", () => {
  const window = new SendWindow();
  assertEquals(window.isOpen(0, 1), true);
  window.sent(0);
  assertEquals(window.isOpen(1000, 1), true);
  window.sent(1000);
  assertEquals(window.isOpen(1001, 1), false);
  window.confirmed();
  assertEquals([window.size, window.isOpen(1001, 1)], [1, true]);
});

Deno.test("SendWindow lets more on a long line, until the first of them is late", () => {
  const window = new SendWindow();
  for (const now of [0, 33, 67, 100, 133]) {
    assertEquals(window.isOpen(now, 100), true, String(now));
    window.sent(now);
  }
  assertEquals(window.isOpen(151, 100), false);
  window.confirmed();
  assertEquals(window.isOpen(151, 100), true);
});

Deno.test("SendWindow never lets more than eight", () => {
  const window = new SendWindow();
  for (let i = 0; i < 8; i++) window.sent(0);
  assertEquals(window.isOpen(0, 10_000), false);
});
