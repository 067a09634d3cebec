import { assertEquals, assertMatch } from "@std/assert";
import type { CameraInfo } from "../../../lib/server/camera_list.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

Deno.test("serve() answers mjpg-streamer's names, with what clients append, and others with 404", async (t) => {
  const cameras = ["--camera", "door=test", "--camera", "attic=test", "--camera", "loft=test"];
  await using server = await startWscam([...cameras, "--resolution", "160x120", "--linger", "60"]);
  const cases: [query: string, type: string, opens: string][] = [
    ["action=snapshot_1", "image/jpeg", "attic"],
    ["action=stream_2?dummy=param.mjpg", "multipart/x-mixed-replace; boundary=wscam", "loft"],
    ["action=snapshot?123", "image/jpeg", "door"],
  ];
  const opened = async (): Promise<string[]> => {
    const list: CameraInfo[] = await (await fetch(`${server.url}/cameras`)).json();
    return list.filter(({ state }) => state !== "closed").map(({ name }) => name);
  };
  const soFar: string[] = [];
  for (const [query, type, opens] of cases) {
    await t.step(query, async () => {
      const response = await fetch(`${server.url}/?${query}`);
      assertEquals([response.status, response.headers.get("content-type")], [200, type]);
      soFar.push(opens);
      assertEquals((await opened()).toSorted(), soFar.toSorted());
      await response.body?.cancel();
    });
  }
  const unknown: [query: string, text: RegExp][] = [
    ["action=take", /'action' must be 'stream' or 'snapshot'.*got 'take'/],
    ["action=", /'action' must be 'stream' or 'snapshot'/],
    ["action=streams", /got 'streams'/],
    ["action=toString", /got 'toString'/],
    ["action=snapshot_x", /got 'snapshot_x'/],
    ["action=stream_", /got 'stream_'/],
    ["action=stream_-1", /got 'stream_-1'/],
    ["action=stream_3", /No such camera: _N must be 0 to 2, got 3/],
    ["action=snapshot_99999999999999999999", /No such camera/],
  ];
  for (const [query, text] of unknown) {
    await t.step(query, async () => {
      const response = await fetch(`${server.url}/?${query}`);
      assertEquals(response.status, 404);
      assertMatch(await response.text(), text);
    });
  }
});
