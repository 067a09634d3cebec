import { assertEquals } from "@std/assert";
import { atMostEvery } from "../../lib/time/at_most_every.ts";

Deno.test("atMostEvery() passes the first words on, and drops those that come too soon", () => {
  const told: string[] = [];
  const tell = atMostEvery(60_000, (text) => told.push(text));
  for (const text of ["a", "b", "c"]) tell(text);
  assertEquals(told, ["a"]);
});

Deno.test("atMostEvery() passes words on again when their time has come", () => {
  const told: string[] = [];
  const tell = atMostEvery(0, (text) => told.push(text));
  for (const text of ["a", "b"]) tell(text);
  assertEquals(told, ["a", "b"]);
});
