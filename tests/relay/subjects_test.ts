import { assert, assertEquals, assertThrows } from "@std/assert";
import { cameraOfStatus, subjectsOf } from "../../lib/relay/subjects.ts";

Deno.test("subjectsOf() gives every name a token of its own, which leads back to it", () => {
  const names = [
    "door",
    "front door",
    "a.b",
    "*",
    ">",
    "a.*.b",
    "Küche 2.OG",
    "100%",
    "~!'()",
    "a%2Eb",
    "前门",
  ];
  const seen = new Set<string>();
  for (const name of names) {
    const { frame, want, status } = subjectsOf(name);
    assert(/^wscam\.[A-Za-z0-9_%-]+\.status$/.test(status), status);
    assertEquals(cameraOfStatus(status), name);
    for (const subject of [frame, want, status]) {
      assert(!seen.has(subject));
      seen.add(subject);
    }
  }
  assertEquals(subjectsOf("front door").frame, "wscam.front%20door.frame");
});

Deno.test("subjectsOf() refuses names that are empty or too long", () => {
  for (const name of ["", "x".repeat(1001), "门".repeat(120)]) {
    assertThrows(() => subjectsOf(name), RangeError, "its name must have 1 to 1000 letters");
  }
});

Deno.test("cameraOfStatus() knows no camera of a foreign or ambiguous subject", () => {
  const subjects = [
    "wscam.door.frame",
    "wscam.status",
    "wscam..status",
    "other.door.status",
    "wscam.a.b.status",
    "wscam.%zz.status",
    "wscam.%64oor.status",
    "wscam.a%2eb.status",
    "wscam.a b.status",
    `wscam.${"x".repeat(1001)}.status`,
  ];
  for (const subject of subjects) assertEquals(cameraOfStatus(subject), undefined, subject);
});
