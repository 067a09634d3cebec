import { assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import {
  configuredText,
  doneText,
  errorText,
  imageText,
  numberedText,
  pongText,
  statusText,
} from "../../lib/protocol/message.ts";
import { createRandom } from "../testutil/random.ts";

Deno.test("imageText() is what clients of the Python service take", () => {
  assertStrictEquals(
    imageText(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9), 1234567890.123),
    '{"type": "image", "data": "/9j/2Q==", "timestamp": 1234567890.123}',
  );
});

Deno.test("imageText() gives seconds with milliseconds", async (t) => {
  const cases = [[0, "0.000"], [1, "1.000"], [1750000000.0004, "1750000000.000"], [
    1750000000.9996,
    "1750000001.000",
  ], [1.5, "1.500"]] as const;
  for (const [timestamp, text] of cases) {
    await t.step(text, () => {
      assertMatch(imageText(new Uint8Array(), timestamp), new RegExp(`"timestamp": ${text}}$`));
    });
  }
});

Deno.test("imageText() is JSON that holds the picture", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = createRandom(seed);
    const jpeg = random.bytes(random.below(2000));
    const timestamp = 1_700_000_000 + random.below(1_000_000) / 1000;
    const { data, ...rest } = JSON.parse(imageText(jpeg, timestamp));
    assertEquals(rest, { type: "image", timestamp: Number(timestamp.toFixed(3)) });
    assertEquals(Uint8Array.fromBase64(data), jpeg);
  }
});

Deno.test("imageText() encodes the part of a buffer that the picture is", () => {
  const part = Uint8Array.of(1, 2, 3, 4, 5).subarray(1, 4);
  assertEquals(Uint8Array.fromBase64(JSON.parse(imageText(part, 0)).data), Uint8Array.of(2, 3, 4));
});

Deno.test("errorText() has type and message, and an id only where there is one", async (t) => {
  const odd = "quotes \"' and \\, \n, \u0000, 猫, \ud800";
  assertStrictEquals(errorText("no"), '{"type": "error", "message": "no"}');
  assertStrictEquals(errorText("no", { id: 7 }), '{"type": "error", "message": "no", "id": 7}');
  assertEquals(JSON.parse(errorText("no", { id: 7, code: "busy" })), {
    type: "error",
    message: "no",
    id: 7,
    code: "busy",
  });
  assertEquals(JSON.parse(errorText(odd)), { type: "error", message: odd });
  for (const id of [0, "", "a", false, null]) {
    await t.step(JSON.stringify(id), () => {
      assertEquals(JSON.parse(errorText("no", { id })), { type: "error", message: "no", id });
    });
  }
});

Deno.test("pongText() has the clock, and an id only where there is one", async (t) => {
  assertEquals(JSON.parse(pongText(12.345)), { type: "pong", timestamp: 12.345 });
  for (const id of [0, -1.5, 1e300, "", "a", true, null]) {
    await t.step(JSON.stringify(id), () => {
      assertEquals(JSON.parse(pongText(12.345, id)), { type: "pong", id, timestamp: 12.345 });
    });
  }
});

Deno.test("statusText() has the state's fields, and an id only where there is one", () => {
  assertEquals(JSON.parse(statusText({ a: 1 })), { type: "status", a: 1 });
  assertEquals(JSON.parse(statusText({ a: 1 }, 7)), { type: "status", id: 7, a: 1 });
});

Deno.test("numberedText() is an image with its number behind it", () => {
  const text = imageText(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9), 1234567890.123);
  assertStrictEquals(
    numberedText(text, 42),
    '{"type": "image", "data": "/9j/2Q==", "timestamp": 1234567890.123, "sequence": 42}',
  );
});

Deno.test("configuredText() has all settings, and an id only where there is one", () => {
  const settings = {
    camera: "猫",
    fps: null,
    quality: 80,
    width: null,
    format: "binary" as const,
    ack: true,
    annotations: false,
  };
  assertEquals(JSON.parse(configuredText(settings)), { type: "configured", ...settings });
  assertEquals(JSON.parse(configuredText(settings, 0)), { type: "configured", id: 0, ...settings });
});

Deno.test("doneText() says what was done, with an id only where there is one", () => {
  assertStrictEquals(doneText("paused"), '{"type":"paused"}');
  assertStrictEquals(doneText("resumed", "a"), '{"type":"resumed","id":"a"}');
});
