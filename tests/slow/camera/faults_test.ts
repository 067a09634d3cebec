import { assert, assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { openCountingViewer } from "../../testutil/client/counting_viewer.ts";
import { eventually } from "../../testutil/eventually.ts";
import { startFaultBench } from "../../testutil/camera/fault_bench.ts";
import { FAULTS } from "../../testutil/camera/faults.ts";
import { testWith } from "../../testutil/needs.ts";
import { childrenOf, cpuSecondsOf, isAlive } from "../../testutil/system/processes.ts";
import { startVcam } from "../../testutil/camera/vcam.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const MEGABYTE = 1e6;
/** How often each fault happens. */
const TIMES = Number(Deno.env.get("FAULT_REPEAT") ?? 1);

testWith(
  ["vcam", "ffmpeg"],
  "serve() survives whatever happens to its cameras, and its viewers don't notice more than they must",
  async (t) => {
    await using bench = await startFaultBench(FAULTS.length);
    const before = await bench.holds();
    const options = { times: TIMES, lastsMs: () => Math.random() * 1000 };
    // All at the same time, each to a camera of its own.
    const done = await Promise.allSettled(FAULTS.map(async (fault, i) => {
      const [subject] = bench.subjects.slice(i);
      assert(subject);
      return await bench.run(fault, subject, options);
    }));
    for (const [i, result] of done.entries()) {
      await t.step(FAULTS[i]?.name ?? "", () => {
        if (result.status === "rejected") throw result.reason;
        // A camera gets 20 s for its first picture: of an ffmpeg that gives none, that is waited for.
        for (const ms of result.value.recoveredMs) assertLess(ms, 60_000);
      });
    }
    await t.step("nothing is left of it", async () => {
      await eventually(async () => {
        const { descriptors, processes } = await bench.holds();
        return descriptors <= before.descriptors + 2 && processes === before.processes;
      });
      assertLess((await bench.holds()).resident - before.resident, 80 * MEGABYTE);
    });
  },
);

testWith(
  ["vcam", "ffmpeg"],
  "serve() goes on after an ffmpeg that hangs whatever it is asked",
  async () => {
    await using bench = await startFaultBench(1);
    const [subject] = bench.subjects;
    assert(subject);
    const { recoveredMs: [recoveredMs = NaN] } = await bench.run(
      {
        name: "ffmpeg that hangs whatever it is asked",
        says: / was killed by SIGKILL, /,
        logs: /needs ffmpeg, and '.*' doesn't answer to '-version'/,
        async strike({ ffmpeg, reader }) {
          await ffmpeg.setMood("everything", "deaf");
          Deno.kill(await reader(), "SIGKILL");
        },
        mend: ({ ffmpeg }) => ffmpeg.setMood("everything"),
      },
      subject,
      { times: 1, lastsMs: () => 0 },
    );
    assertLess(recoveredMs, 60_000);
  },
);

testWith(
  ["vcam", "ffmpeg"],
  "serve() waits until a camera that is busy at the start is free",
  async () => {
    await using vcam = await startVcam();
    await vcam.fault("busy");
    await using server = await startWscam(["--camera", vcam.path], { env: vcam.env });
    await using first = await openCountingViewer(server.ws);
    await using second = await openCountingViewer(server.ws);
    const viewers = [first, second];
    await eventually(() => viewers.every(({ errors }) => errors.length > 0));
    await vcam.fault("none");
    await eventually(() => viewers.every(({ images }) => images > 3));
    for (const { errors, isOpen } of viewers) {
      assert(isOpen);
      assertEquals(errors.length, 1);
      assertMatch(errors[0] ?? "", / is busy: another program uses \/dev\/video\d+, trying again/);
    }
  },
);

testWith(
  ["vcam", "ffmpeg"],
  "serve() takes little of the processor while an ffmpeg complains without end",
  async () => {
    await using bench = await startFaultBench(1, { args: ["--camera", "test"] });
    const { server, subjects: [subject] } = bench;
    assert(subject);
    await using other = await openCountingViewer(`${server.ws}/?camera=test`);
    await eventually(() => other.images > 5);
    const before = await bench.holds();
    await subject.ffmpeg.setMood(subject.vcam.path, "loud at work");
    Deno.kill(await subject.reader(), "SIGKILL");
    const [seen = 0] = subject.viewers.map(({ images }) => images);
    await eventually(() => subject.viewers.every(({ images }) => images > seen + 10), {
      what: "it gives pictures, and complains",
    });
    const from = { at: performance.now(), cpu: cpuSecondsOf(server.pid), images: other.images };
    // Three seconds; how many more depends on what else runs here.
    await eventually(() => other.images >= from.images + 30, {
      what: "another camera's viewer to have 30 pictures more",
    });
    const seconds = (performance.now() - from.at) / 1000;
    assertLess((cpuSecondsOf(server.pid) - from.cpu) / seconds, 0.6, "of a core");
    assertLess((await bench.holds()).resident - before.resident, 40 * MEGABYTE);
  },
);

testWith(
  ["vcam", "ffmpeg"],
  "serve() leaves no ffmpeg when it is killed, whatever that does",
  async () => {
    await using bench = await startFaultBench(3);
    const { server, subjects } = bench;
    const [healthy, stopped, deaf] = subjects;
    assert(healthy && stopped && deaf);
    await deaf.ffmpeg.setMood(deaf.vcam.path, "deaf");
    Deno.kill(await deaf.reader(), "SIGKILL");
    const isDeaf = (line: string): boolean =>
      line.startsWith("/bin/sh\0/") && line.includes(deaf.vcam.path) && line.includes("pipe:1");
    await eventually(async () => (await commands(server.pid)).some(isDeaf));
    Deno.kill(await stopped.reader(), "SIGSTOP");
    const children = await childrenOf(server.pid, { deep: true });
    assertGreater(children.length, 6);
    await server.end("SIGKILL");
    await eventually(() => !children.some(isAlive), { what: "all of them to be gone" });
  },
);

async function commands(pid: number): Promise<string[]> {
  const children = await childrenOf(pid, { deep: true });
  return await Promise.all(
    children.map((child) => Deno.readTextFile(`/proc/${child}/cmdline`).catch(() => "")),
  );
}
