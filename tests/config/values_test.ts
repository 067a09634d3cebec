import { assertEquals, assertThrows } from "@std/assert";
import {
  brokerUrl,
  cameras,
  number,
  oneOf,
  resolution,
  truth,
  viewerUrl,
} from "../../lib/config/values.ts";

Deno.test("number() takes plain decimal numbers between its bounds", async (t) => {
  const parse = number({ min: 0.5, max: 10 });
  const whole = number({ min: 0, max: 10, whole: true });
  for (
    const [text, value] of [["0.5", 0.5], [".5", 0.5], ["10", 10], ["007", 7], [
      "1.50",
      1.5,
    ]] as const
  ) {
    await t.step(text, () => assertEquals(parse(text), value));
  }
  for (
    const text of ["", " ", "0.4", "10.1", "-1", "+1", "1.", "1e0", "0x1", "1,5", "１", "1 ", "∞"]
  ) {
    await t.step(`not ${JSON.stringify(text)}`, () => {
      assertThrows(() => parse(text), RangeError, "must be a number from 0.5 to 10, got ");
      assertThrows(
        () => whole(text === "0.4" ? "0.0" : text),
        RangeError,
        "must be a whole number",
      );
    });
  }
});

Deno.test("oneOf() takes one of its words", () => {
  const parse = oneOf(["text", "json"]);
  assertEquals(parse("json"), "json");
  for (const text of ["JSON", "", "toString"]) {
    assertThrows(() => parse(text), RangeError, `must be text or json, got '${text}'`);
  }
});

Deno.test("truth() takes yes and no in the usual words", () => {
  for (const text of ["1", "true", "yes", "TRUE", "Yes"]) assertEquals(truth(text), true);
  for (const text of ["0", "false", "no", "False"]) assertEquals(truth(text), false);
  assertThrows(() => truth("maybe"), RangeError, "must be 1 or true or yes or 0 or false or no");
});

Deno.test("resolution() takes sides of 16 to 8192", () => {
  assertEquals(resolution("16x8192"), { width: 16, height: 8192 });
  for (
    const text of [
      "x",
      "16",
      "16x",
      "x16",
      "15x16",
      "16x15",
      "8193x16",
      " 16x16",
      "1e3x16",
      "-16x16",
    ]
  ) {
    assertThrows(() => resolution(text), RangeError, "must be WIDTHxHEIGHT, each 16 to 8192, got ");
  }
});

Deno.test("cameras() is camera 0 when there are none, and refuses twins", () => {
  assertEquals(cameras([]), [{ name: "0", source: { kind: "index", index: 0 } }]);
  assertEquals(cameras(["a=0", "b=0"]).map(({ name }) => name), ["a", "b"]);
  for (const twins of [["a=0", "a=1"], ["test", "test"], ["rtsp://h/1", "rtsp://h/2"]]) {
    assertThrows(() => cameras(twins), RangeError, "must give each camera a name of its own");
  }
});

Deno.test("viewerUrl() makes a WebSocket's address of what people type", async (t) => {
  const cases = [
    ["ws://h:1", "ws://h:1/"],
    ["wss://h/x?camera=a", "wss://h/x?camera=a"],
    ["ws://h", "ws://h/"],
    ["http://h:8765/", "ws://h:8765/"],
    ["https://h", "wss://h/"],
    ["HTTP://H:1/X", "ws://h:1/X"],
    ["h", "ws://h:8765/"],
    ["h/x", "ws://h:8765/x"],
    ["h?camera=a", "ws://h:8765/?camera=a"],
    ["h:9000", "ws://h:9000/"],
    ["h:9000/x", "ws://h:9000/x"],
    ["h:9000?camera=a", "ws://h:9000/?camera=a"],
    ["h:80", "ws://h/"],
    ["192.168.1.5", "ws://192.168.1.5:8765/"],
    ["[::1]", "ws://[::1]:8765/"],
    ["[::1]:9000", "ws://[::1]:9000/"],
    ["localhost?camera=前门", "ws://localhost:8765/?camera=%E5%89%8D%E9%97%A8"],
  ] as const;
  for (const [text, url] of cases) {
    await t.step(text, () => assertEquals(viewerUrl(text), url));
  }
  for (
    const text of ["", " ", "ftp://h", "file:///x", "httpx://h", "ws://", "ws://h:99999", "::1"]
  ) {
    await t.step(`not ${JSON.stringify(text)}`, () => {
      assertThrows(() => viewerUrl(text), RangeError, "must be like ws://HOST:8765, got ");
    });
  }
});

Deno.test("brokerUrl() takes a server, and no camera", () => {
  assertEquals(brokerUrl("tls://host:1/").shown, "tls://host:1");
  assertThrows(() => brokerUrl("nats://me:pw@host/door"), RangeError, "must name no camera");
  assertThrows(() => brokerUrl("http://host"), RangeError, "must be like nats://HOST:4222, ");
});
