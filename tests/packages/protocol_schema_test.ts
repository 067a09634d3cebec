import { assert, assertEquals } from "@std/assert";
import { parseControls } from "../../lib/camera/device/device_controls.ts";
import { controlledText } from "../../lib/protocol/message.ts";
import { readComment } from "../../lib/jpeg/comment.ts";
import { FAILURE_CODES, SourceError } from "../../lib/frame/source_error.ts";
import type { Source } from "../../lib/camera/source.ts";
import { eventually } from "../testutil/eventually.ts";
import { openViewer } from "../testutil/client/messages.ts";
import { startTestServer } from "../testutil/server/test_server.ts";
import { startWscam } from "../testutil/program/wscam.ts";
import { ajv, assertValid, DOCS, FIELDS, SCHEMA, typesOf, wrongWith } from "./protocol_schema.ts";

Deno.test("the schema is one, and refuses what isn't said here", () => {
  assert(ajv.validateSchema(SCHEMA), ajv.errorsText());
  const wrong = [{}, null, "image", { type: "image" }, { type: "fly" }, { type: "pong" }];
  for (const value of wrong) assert(wrongWith("message", value) !== undefined);
  const image = { type: "image", data: "", timestamp: 1 };
  assertEquals(wrongWith("message", image), undefined);
  assert(wrongWith("message", { ...image, more: 1 }) !== undefined);
  assert(wrongWith("message", { ...image, sequence: 0 }) !== undefined);
});

Deno.test("everything that a server sends is as the schema says", async () => {
  await using server = await startTestServer();
  await using viewer = await openViewer(`${server.ws}?ack=1&fps=200`);
  await using binary = await openViewer(`${server.ws}?format=binary&width=32`);
  await using video = await openViewer(`${server.ws}?format=h264`);
  const commands = [
    { type: "ping", id: "a" },
    { type: "status", id: 1.5 },
    { type: "configure", id: null, fps: 20, width: 32, ack: true },
    { type: "configure", quality: 101, id: false },
    { type: "configure", camera: "attic" },
    { type: "pause" },
    { type: "resume", id: 0 },
    { type: "fly" },
    { type: "status" },
    { type: "annotate", id: 2, text: "hello", for: 60 },
    { type: "annotate", boxes: [{ x: 0, y: 0, width: 1, height: 1, label: "\u0000", score: 1 }] },
    { type: "annotate", boxes: [{}] },
    { type: "configure", annotations: true },
    { type: "configure", ack: false, camera: "test", width: null, quality: 5, format: "json" },
  ];
  await eventually(() => viewer.images().length > 0);
  for (const command of commands) viewer.command(command);
  await eventually(() => viewer.messages.filter(({ type }) => type !== "image").length > 10);
  await eventually(() => viewer.images().length > 5 && binary.files.length > 2);
  await eventually(() => typesOf(viewer).includes("annotation"));
  assertEquals(typesOf(viewer), [
    "annotated",
    "annotation",
    "configured",
    "error",
    "image",
    "paused",
    "pong",
    "resumed",
    "status",
  ]);
  assertValid("message", viewer.messages);
  await eventually(() => video.messages.length > 0);
  assertValid("message", video.messages);
  assertValid("comment", binary.files.map((file) => JSON.parse(readComment(file) ?? "")));
  assertValid("state", [await (await fetch(`${server.url}/state`)).json()]);
});

Deno.test("what is told of a camera that is controlled is as the schema says", async () => {
  await using server = await startWscam(["--camera", "test"]);
  await using viewer = await openViewer(server.ws);
  const commands = [
    { type: "status" },
    { type: "control", id: 1 },
    { type: "control", camera: "test", set: { fps: 20, flip: "h", rotate: 90 } },
    { type: "control", set: { brightness: 1 }, id: null },
    { type: "control", camera: "attic" },
  ];
  for (const command of commands) viewer.command(command);
  const count = (type: string): number =>
    viewer.messages.filter((message) => String(message.type) === type).length;
  await eventually(() => count("controlled") === 2 && count("error") === 2);
  await eventually(() => count("status") === 2);
  assertValid("message", viewer.messages);
  assertValid("state", [await (await fetch(`${server.url}/state`)).json()]);
});

Deno.test("controls of every type are as the schema says", () => {
  const { controls } = parseControls(`
    brightness 0x00980900 (int)    : min=0 max=255 step=1 default=128 value=200
    gain_automatic 0x00980912 (bool)   : default=1 value=0 flags=inactive
    power_line_frequency 0x00980918 (menu)   : min=0 max=2 default=2 value=1 (50 Hz)
        0: Disabled
        1: 50 Hz
`);
  assertEquals(Object.keys(controls).length, 3);
  const settings = {
    resolution: "640x480",
    fps: 10,
    quality: 80,
    encoder: "auto",
    rotate: 0,
    flip: null,
    brightness: 200,
  };
  const note = "v4l2-ctl is missing";
  const told = JSON.parse(controlledText("door", { settings, controls, note }, 1));
  assertValid("message", [told]);
  for (const odd of [{ brightness: { type: "knob", value: 1 } }, { brightness: {} }, []]) {
    assert(wrongWith("message", { ...told, controls: odd }) !== undefined);
  }
  assert(wrongWith("message", { ...told, settings: { ...settings, rotate: 45 } }) !== undefined);
  assert(wrongWith("message", { ...told, settings: { brightness: 200 } }) !== undefined);
});

Deno.test("every code of a failure is documented", async () => {
  assertEquals(SCHEMA.$defs.code.enum, FAILURE_CODES);
  const text = await Deno.readTextFile(new URL("protocol.md", DOCS));
  const [, section = ""] = text.split("## Why a camera gives no pictures");
  const codes = section.split("\n## ")[0]?.matchAll(/^\| `(\w+)` /gm) ?? [];
  assertEquals(Array.from(codes, ([, code]) => code), [...FAILURE_CODES]);
});

Deno.test("what is told of a camera that fails is as the schema says", async () => {
  const source: Source = {
    // deno-lint-ignore require-yield -- it never gets so far
    async *frames() {
      await Promise.resolve();
      throw new SourceError("gone", "was unplugged");
    },
  };
  await using server = await startTestServer({ source });
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.errors().length > 0);
  viewer.command({ type: "status" });
  await eventually(() => typesOf(viewer).includes("status"));
  assertValid("message", viewer.messages);
  assertEquals(viewer.errors().map((error) => Object.keys(error)), [["type", "message"]]);
  const answer = async (path: string) => await (await fetch(`${server.url}${path}`)).json();
  const told = [
    ...(await answer("/state")).cameras,
    ...await answer("/cameras"),
    ...(await answer("/healthz")).problems,
  ].map(({ code, reason }) => ({ code, reason }));
  assertEquals(told, Array(3).fill({ code: "gone", reason: "was unplugged" }));
});

Deno.test("docs/protocol.md shows what the schema says, and leaves nothing out", async () => {
  const text = await Deno.readTextFile(new URL("protocol.md", DOCS));
  const examples = Array.from(text.matchAll(/^```jsonl\n([^]*?)^```/gm), ([, block]) => block ?? "")
    .flatMap((block) => block.trim().split("\n").map((line) => JSON.parse(line)));
  const isAnswer = ({ type }: { type: string }): boolean =>
    /ed$|^image$|^video$|^error$|^pong$|^annotation$/.test(type);
  assertValid("message", examples.filter(isAnswer));
  assertValid("command", examples.filter((each) => !isAnswer(each)));
  assert(examples.length > 10);
  const words = [
    "image",
    "video",
    "error",
    "configured",
    "paused",
    "resumed",
    "pong",
    "status",
    "annotate",
    "annotation",
    "annotated",
    "boxes",
    "label",
    "score",
    "text",
    "for",
    "from",
    "control",
    "controlled",
    "settings",
    "controls",
    "note",
    "inactive",
    "configure",
    "pause",
    "resume",
    "ping",
    "ack",
    "sequence",
    "timestamp",
    ...FIELDS,
    "1001",
    "1008",
    "1009",
    "1013",
    "4401",
    "/stream",
    "/stream.mp4",
    "/snapshot",
    "/cameras",
    "/state",
    "/metrics",
    "/healthz",
    "max_age",
  ];
  for (const word of words) assert(text.includes(word), word);
});
