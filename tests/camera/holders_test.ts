import { assert, assertEquals } from "@std/assert";
import { Child } from "../../lib/camera/child.ts";
import { type Holder, holdersOf, nameHolders } from "../../lib/camera/holders.ts";
import { eventually } from "../testutil/eventually.ts";
import { testWith } from "../testutil/needs.ts";

/** Two nodes for a device of our own: what /dev/full is, which nobody keeps open. */
async function makeNodes(): Promise<AsyncDisposable & { first: string; second: string }> {
  const dir = await Deno.makeTempDir({ prefix: "wscam-holders-" });
  await Deno.mkdir(`${dir}/dev`);
  const [first, second] = [`${dir}/dev/video0`, `${dir}/dev/other`];
  for (const node of [first, second]) {
    const { success } = await new Deno.Command("mknod", { args: [node, "c", "1", "7"] }).output();
    assert(success);
  }
  return { first, second, [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }) };
}

/** A program that has a file open. */
function hold(path: string): Child {
  return new Child("/bin/sh", ["-c", `exec sleep 60 3<"$1"`, "sh", path]);
}

/** Mknod is what virtual cameras need too. */
testWith(["vcam"], "holdersOf() finds a program that has a device open", async (t) => {
  await using nodes = await makeNodes();
  await using _holder = hold(nodes.first);
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
  await using nodes = await makeNodes();
  using _file = await Deno.open(nodes.first);
  assertEquals((await holdersOf(nodes.first)).map(({ pid, wscam }) => [pid, wscam]), [
    [Deno.pid, undefined],
  ]);
});

testWith(["vcam"], "holdersOf() finds nobody when nobody has it open", async () => {
  await using nodes = await makeNodes();
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
