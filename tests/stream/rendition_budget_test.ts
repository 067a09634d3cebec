import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { RenditionBudget } from "../../lib/stream/rendition_budget.ts";

Deno.test("RenditionBudget gives each address its own, and all together no more than all may have", () => {
  const budget = new RenditionBudget(() => 0);
  let own = 0;
  while (budget.waitMs("192.0.2.5") === 0) {
    budget.take("192.0.2.5");
    own++;
  }
  assertEquals(budget.waitMs("192.0.2.6"), 0, "others have theirs");
  let others = 0;
  for (let i = 0; i < 1000 && budget.waitMs(`other ${i}`) === 0; i++, others++) {
    budget.take(`other ${i}`);
  }
  assertGreater(own, 3);
  assertGreater(others, 0);
  assertLess(own + others, 50);
  assertGreater(budget.waitMs(undefined), 0, "programs of this machine take from the same");
});

Deno.test("RenditionBudget bounds what comes again and again to a rate", () => {
  let clock = 0;
  const budget = new RenditionBudget(() => clock);
  let taken = 0;
  for (; clock < 100_000; clock += 5) {
    if (budget.waitMs("192.0.2.5") > 0) continue;
    budget.take("192.0.2.5");
    taken++;
  }
  assertLess(taken / 100, 3, "a second");
});
