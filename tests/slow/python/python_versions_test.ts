import { assertEquals, assertMatch } from "@std/assert";
import { mayInstall } from "../../../scripts/setup.ts";
import { PYTHON } from "../../../scripts/needs/python.ts";
import { unpackDebian } from "../../testutil/system/debian.ts";
import { testWith } from "../../testutil/needs.ts";
import {
  PYTHON_PACKAGE,
  runPackageTests,
  startPackageServer,
} from "../../testutil/program/python_package.ts";
import { run } from "../../testutil/program/run.ts";

const PACKAGES = "usr/lib/python3/dist-packages";
/** The last release of websockets that runs on the oldest Python which the package is for is in `trixie`. */
const [NEWEST, LAST_OF_OLD] = ["sid", "trixie"];
const [OLD_SUITE, OLD_PYTHON] = ["bullseye", "python3.9"];

function testWithDebian(name: string, fn: () => Promise<void>): void {
  if (mayInstall()) testWith(["python3-opencv"], name, fn);
  else Deno.test({ name: `${name} (ignored: it needs Debian, and root)`, ignore: true, fn });
}

testWithDebian("the Python package works with the newest websockets of Debian", async () => {
  await using newest = await unpackDebian(NEWEST, ["python3-websockets"]);
  const path = [`${newest.path}/${PACKAGES}`];
  const version = "import websockets; print(websockets.__version__)";
  const { stdout } = await run(PYTHON, ["-c", version], { PYTHONPATH: path.join() });
  assertMatch(stdout, /^(1[7-9]|[2-9]\d)\./);
  await using server = await startPackageServer();
  await runPackageTests(server, { python: [PYTHON], path });
});

testWithDebian(
  "the Python package works with Python 3.9, and Pillow in place of OpenCV",
  async () => {
    await using root = await unpackDebian(
      OLD_SUITE,
      [OLD_PYTHON, "python3-numpy", "python3-pil"],
      { isComplete: true },
    );
    await using packages = await unpackDebian(LAST_OF_OLD, ["python3-websockets"]);
    await copy(`${packages.path}/${PACKAGES}/websockets`, `${root.path}/packages/websockets`);
    for (const each of ["src", "tests"]) {
      await copy(`${PYTHON_PACKAGE}/${each}`, `${root.path}/wscam/${each}`);
    }
    await using server = await startPackageServer();
    await runPackageTests(server, {
      python: ["chroot", root.path, `/usr/bin/${OLD_PYTHON}`],
      folder: "/wscam",
      path: ["/packages"],
      // This is where an installation would have put them.
      env: { LD_LIBRARY_PATH: await librariesOf(root.path) },
    });
  },
);

/** Folders of libraries that stand in for each other (update-alternatives(1)). */
async function librariesOf(root: string): Promise<string> {
  const folders: string[] = [];
  for await (const { name } of Deno.readDir(`${root}/usr/lib`)) {
    if (!name.includes("-linux-gnu")) continue;
    folders.push(...["blas", "lapack"].map((each) => `/usr/lib/${name}/${each}`));
  }
  return folders.join(":");
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  const { code, stderr } = await run("cp", ["-rT", from, to]);
  assertEquals(code, 0, stderr);
}
