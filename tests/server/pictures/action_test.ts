import { assertEquals } from "@std/assert";
import { type Action, actionOf } from "../../../lib/server/pictures/action.ts";

Deno.test("actionOf() reads the beginning, as mjpg-streamer does", () => {
  const cases: [path: string, expected: Action | undefined][] = [
    ["/?action=stream", { word: "stream", place: undefined }],
    ["/?action=stream?dummy=param.mjpg", { word: "stream", place: undefined }],
    ["/?action=snapshot?1618328", { word: "snapshot", place: undefined }],
    ["/?action=snapshot.jpg&fps=5", { word: "snapshot", place: undefined }],
    ["/?x=1&action=stream_1", { word: "stream", place: 1 }],
    ["/?action=stream_12?x", { word: "stream", place: 12 }],
    ["/?action=stream_x", { word: "stream_", place: undefined }],
    ["/?action=streams", { word: "streams", place: undefined }],
    ["/?action=Stream", { word: "Stream", place: undefined }],
    ["/?action=", { word: "", place: undefined }],
    ["/?action", { word: "", place: undefined }],
    ["/?action=../etc", { word: "", place: undefined }],
    ["/?camera=action", undefined],
    ["/stream?action=snapshot", undefined],
    ["/", undefined],
  ];
  for (const [path, expected] of cases) {
    assertEquals(actionOf(new URL(`http://cam.lan${path}`)), expected, path);
  }
});
