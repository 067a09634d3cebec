import { assertEquals, assertNotEquals } from "@std/assert";
import { planRounds, type Round } from "./plan.ts";
import { createRandom } from "../testutil/random.ts";

function plan(seed: number, rounds = 60): Round[] {
  const choices = { cameras: 3, faults: 9, hostilities: 11, floods: 4 };
  return planRounds(createRandom(seed), choices).take(rounds).toArray();
}

Deno.test("planRounds() plans the same for the same seed, and else for another", () => {
  assertEquals(plan(1), plan(1));
  assertNotEquals(plan(1), plan(2));
});

Deno.test("planRounds() lets everything happen before anything happens again", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const faults = plan(seed).flatMap((round) => round.faults)
      .flatMap((planned) => planned ? [planned.fault] : []);
    assertEquals(new Set(faults.slice(0, 9)).size, 9);
    assertEquals(new Set(faults.slice(9, 18)).size, 9);
    const hostilities = plan(seed).flatMap(({ hostility }) => hostility ?? []);
    assertEquals(new Set(hostilities.slice(0, 11)).size, 11);
    const floods = plan(seed).flatMap(({ flood }) => flood ?? []);
    assertEquals(new Set(floods.slice(0, 4)).size, 4);
  }
});
