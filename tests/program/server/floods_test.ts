import { assertEquals, assertGreater, assertLessOrEqual, assertMatch } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { temporaryDirectory } from "../../testutil/files.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { childrenOf } from "../../testutil/system/processes.ts";
import { run } from "../../testutil/program/run.ts";
import { startVcam } from "../../testutil/camera/vcam.ts";
import { startWebCamera } from "../../testutil/camera/web_camera.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

/** The renditions that one viewer may start: this many at once, and this many a second. */
const VIEWER = { burst: 5, perSecond: 1 };
/** The renditions that all viewers together may start. */
const ALL = { burst: 12, perSecond: 3 };
/** Pictures of a camera as it is, and of seven renditions. */
const MOST_CHILDREN = 8;

/** A server whose camera sends JPEG, and a count of the programs that were started for it. */
interface Flooded extends AsyncDisposable {
  readonly server: Wscam;
  /** The number of ffmpegs that have encoded pictures so far. */
  starts(): number;
  /** The most children that it was seen to have. */
  readonly children: number;
}

async function startFlooded(): Promise<Flooded> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryDirectory());
  const [path, list] = [`${folder.path}/ffmpeg`, `${folder.path}/starts`];
  const script = `#!/bin/sh\ncase "$*" in *mpjpeg*) echo >> '${list}' ;; esac\nexec ffmpeg "$@"\n`;
  await Deno.writeTextFile(path, script, { mode: 0o755 });
  const camera = stack.use(startWebCamera(() => ({ size: () => [640, 480] })));
  const args = ["--camera", camera.url, "--encoder", "copy", "--ffmpeg", path];
  const server = stack.use(await startWscam(args));
  let children = 0;
  const end = new AbortController();
  const watching = (async () => {
    while (!end.signal.aborted) {
      children = Math.max(children, (await childrenOf(server.pid)).length);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  stack.defer(async () => {
    end.abort();
    await watching;
  });
  const all = stack.move();
  return {
    server,
    starts: () => {
      try {
        return Deno.readTextFileSync(list).length;
      } catch {
        return 0;
      }
    },
    get children() {
      return children;
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function most({ burst, perSecond }: typeof ALL, since: number): number {
  return burst + Math.ceil(perSecond * (performance.now() - since) / 1000);
}

testWith(["ffmpeg"], "serve() bounds what 'configure' with ever other widths starts", async () => {
  await using flooded = await startFlooded();
  await using witness = await openViewer(flooded.server.ws);
  await eventually(() => witness.images().length > 3);
  await using attacker = await openViewer(flooded.server.ws);
  const since = performance.now();
  const texts: string[] = [];
  attacker.socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string" && data.includes('"configured"')) texts.push(data);
  });
  const COUNT = 200;
  for (let i = 1; i <= COUNT; i++) attacker.command({ type: "configure", width: 100 + i, id: i });
  await eventually(() => texts.length >= COUNT);
  const widthOf = (id: number): unknown =>
    texts.map((text) => JSON.parse(text)).find((each) => each.id === id)?.width;
  // A busy machine may have had to make do with one that was there.
  for (let id = COUNT; widthOf(id) !== 100 + COUNT;) {
    assertLessOrEqual(id, COUNT + 10, "the last one is made");
    attacker.command({ type: "configure", width: 100 + COUNT, id: ++id });
    await eventually(() => widthOf(id) !== undefined);
  }
  await eventually(() => flooded.starts() > 0);
  assertLessOrEqual(flooded.starts(), most(VIEWER, since));
  assertLessOrEqual(flooded.children, MOST_CHILDREN);
  const { length } = witness.images();
  await eventually(() => witness.images().length > length + 10);
  assertEquals(witness.errors(), []);
});

testWith(
  ["ffmpeg"],
  "serve() bounds what '/snapshot?width=' of ever other widths starts",
  async () => {
    await using flooded = await startFlooded();
    const { server } = flooded;
    await using witness = await openViewer(server.ws);
    await eventually(() => witness.images().length > 3);
    const since = performance.now();
    await Promise.all(Array.from({ length: 7 }, async (_, client) => {
      for (let i = 0; i < 15; i++) {
        const response = await fetch(`${server.url}/snapshot?width=${100 + client * 20 + i}`);
        assertEquals(response.status, 200);
        assertMatch(response.headers.get("content-type") ?? "", /^image\/jpeg$/);
        await response.bytes();
      }
    }));
    assertLessOrEqual(flooded.starts(), most(ALL, since));
    assertLessOrEqual(flooded.children, MOST_CHILDREN);
    const { length } = witness.images();
    await eventually(() => witness.images().length > length + 10);
  },
);

Deno.test("serve() makes changes of 'control' that come together as one, and tells nobody of none", async () => {
  const args = ["--camera", "test", "--resolution", "160x120"];
  await using server = await startWscam(args);
  await using witness = await openViewer(server.ws);
  witness.command({ type: "status" });
  await using attacker = await openViewer(server.ws);
  const told = () => witness.messages.filter(({ type }) => (type as string) === "status").length;
  const answered = () =>
    attacker.messages.filter(({ type }) => (type as string) === "controlled").length;
  await eventually(() => told() === 1 && witness.images().length > 3);
  const COUNT = 200;
  for (let i = 0; i < COUNT; i++) attacker.command({ type: "control", set: {} });
  await eventually(() => answered() === COUNT);
  assertEquals(told(), 1, "nothing has changed");
  const since = performance.now();
  const FLIPS = ["h", "v", "hv"];
  for (let i = 0; i < COUNT; i++) {
    attacker.command({ type: "control", set: { flip: FLIPS[i % 3] } });
  }
  await eventually(() => answered() === 2 * COUNT);
  const opened = server.output.stderr.match(/is opened anew/g) ?? [];
  // The first at once, those that come until it has delivered for two seconds as one.
  const changes = most({ burst: 2, perSecond: 1 / 2 }, since);
  assertLessOrEqual(opened.length, changes);
  assertLessOrEqual(told(), 1 + changes);
  const { length } = witness.images();
  await eventually(() => witness.images().length > length + 10);
});

testWith(
  ["vcam", "v4l2-ctl"],
  "serve() asks a camera seldom what can be set, whoever wants to know",
  async () => {
    await using vcam = await startVcam({ fps: 10 });
    await using folder = await temporaryDirectory();
    const { stdout: real } = await run("sh", ["-c", "command -v v4l2-ctl"]);
    const log = `${folder.path}/log`;
    const script = `#!/bin/sh\necho "$*" >> '${log}'\nexec ${real.trim()} "$@"\n`;
    await Deno.writeTextFile(`${folder.path}/v4l2-ctl`, script, { mode: 0o755 });
    const env = { ...vcam.env, PATH: `${folder.path}:${Deno.env.get("PATH")}` };
    await using server = await startWscam(["--camera", vcam.path], { env });
    await using attacker = await openViewer(server.ws);
    await eventually(() => attacker.images().length > 3);
    const since = performance.now();
    const COUNT = 100;
    let answers = 0;
    attacker.socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string" && !data.startsWith('{"type":"image"')) answers++;
    });
    for (let i = 0; i < COUNT; i++) {
      attacker.command({ type: "control" });
      attacker.command({ type: "control", set: { [`none${i}`]: 1 } });
    }
    await eventually(() => answers >= 2 * COUNT);
    const asked = (await Deno.readTextFile(log)).split("\n").filter((args) =>
      /list-ctrls/.test(args)
    );
    assertGreater(asked.length, 0);
    assertLessOrEqual(asked.length, most({ burst: 4, perSecond: 2 }, since));
  },
);
