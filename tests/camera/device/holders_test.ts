import { assertEquals } from "@std/assert";
import { type Holder, holdersOf, nameHolders } from "../../../lib/camera/device/holders.ts";
import { holdOpen, makeDeviceNodes } from "../../testutil/camera/device_node.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";

/** Mknod is what virtual cameras need too. */
testWith(["vcam"], "holdersOf() finds a program that has a device open", async (t) => {
  await using nodes = await makeDeviceNodes();
  await using _holder = holdOpen(nodes.first);
  for (
    const [name, device] of [["the node", nodes.first], ["another node", nodes.second]] as const
  ) {
    await t.step(`by ${name}`, async () => {
      const holders = await eventually(async () => {
        const found = await holdersOf(device);
        // The shell has it open too, until it becomes the program.
        return found.some(({ name }) => name === "sleep") ? found : undefined;
      });
      const [{ pid, wscam } = { pid: 0, wscam: 0 }] = holders;
      assertEquals(holders, [{ pid, name: "sleep", wscam: Deno.pid }]);
      assertEquals(Deno.readLinkSync(`/proc/${pid}/fd/3`), nodes.first);
      assertEquals(wscam, Deno.pid, "it was started with a guard, by us");
    });
  }
});

testWith(["vcam"], "holdersOf() finds a program that no wscam has started", async () => {
  await using nodes = await makeDeviceNodes();
  using _file = await Deno.open(nodes.first);
  assertEquals((await holdersOf(nodes.first)).map(({ pid, wscam }) => [pid, wscam]), [
    [Deno.pid, undefined],
  ]);
});

testWith(["vcam"], "holdersOf() finds nobody when nobody has it open", async () => {
  await using nodes = await makeDeviceNodes();
  assertEquals(await holdersOf(nodes.first), []);
  assertEquals(await holdersOf(`${nodes.first}.not-there`), []);
});

Deno.test("nameHolders() names few, and says when it is us", () => {
  const program = (pid: number, name: string): Holder => ({ pid, name, wscam: undefined });
  const ffmpeg: Holder = { pid: 7, name: "ffmpeg", wscam: 6 };
  const five = [1, 2, 3, 4, 5].map((pid) => program(pid, "cam"));
  const cases: [Holder[], string][] = [
    [[], "another program uses"],
    [[program(12, "obs")], "obs (pid 12) uses"],
    [[program(1, "a"), program(2, "b")], "a (pid 1), b (pid 2) use"],
    [five.slice(0, 3), "cam (pid 1), cam (pid 2), cam (pid 3) use"],
    [five, "cam (pid 1), cam (pid 2), cam (pid 3) and others use"],
    [[ffmpeg], "another wscam (pid 6) uses"],
    [[ffmpeg, ffmpeg], "another wscam (pid 6) uses"],
    [[program(1, "a"), { ...ffmpeg, wscam: 99 }], "another camera of this wscam uses"],
  ];
  for (const [holders, words] of cases) assertEquals(nameHolders(holders, 99), words);
});
