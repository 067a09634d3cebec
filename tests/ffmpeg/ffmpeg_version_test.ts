import {
  assertEquals,
  assertGreaterOrEqual,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ffmpegVersion, installHint, parseVersion } from "../../lib/ffmpeg/ffmpeg_version.ts";
import { SourceError } from "../../lib/frame/source_error.ts";
import { testWith } from "../testutil/needs.ts";
import { together } from "../testutil/together.ts";

/** Without a shell, the small programs can't be written. */
const ignore = Deno.build.os === "windows";

Deno.test("parseVersion() reads a release", async (t) => {
  const copyright = "Copyright (c) 2000-2026 the FFmpeg developers\nbuilt with gcc 12";
  const cases = [
    ["ffmpeg version 4.3.6-0+deb11u1", 4, 3],
    ["ffmpeg version 4.4.2-0ubuntu0.22.04.1", 4, 4],
    ["ffmpeg version 5.0", 5, 0],
    ["ffmpeg version 5.1.9-0+deb12u1", 5, 1],
    ["ffmpeg version n6.1.1", 6, 1],
    ["ffmpeg version 7.1.1_1", 7, 1],
    ["ffmpeg version 7.0.2-full_build-www.gyan.dev", 7, 0],
    ["ffmpeg version n8.0-10-g0b32f6f-20250823", 8, 0],
    ["ffmpeg version 10.12", 10, 12],
  ] as const;
  for (const [line, major, minor] of cases) {
    await t.step(line, () => {
      assertEquals(parseVersion(`${line} ${copyright}`), { major, minor });
    });
  }
});

Deno.test("parseVersion() tells the release before a build by its libavcodec", async (t) => {
  const cases = [
    ["N-47683-g0e8eb07980-static", "58. 42.100", 4, 1],
    ["git-2018-04-01-abcdef", "58. 18.100", 4, 0],
    ["N-99999-gabc", "58.134.100", 4, 4],
    ["N-105000-gabc", "59. 36.100", 5, 0],
    ["2022-07-25-git-abc-full_build-www.gyan.dev", "59. 37.100", 5, 1],
    ["N-112847-g4a0dc6e0a7", "60. 31.102", 6, 1],
    ["N-115000-gabc", "61.  5.100", 7, 0],
    ["N-120000-gabc", "62. 11.100", 8, 0],
    ["N-99-gabc", "57. 89.100", 3, 0],
  ] as const;
  for (const [name, library, major, minor] of cases) {
    await t.step(name, () => {
      const text = `ffmpeg version ${name} Copyright (c) 2000-2026 the FFmpeg developers\n` +
        `libavutil      56. 24.101 / 56. 24.101\nlibavcodec     ${library} / ${library}\n`;
      assertEquals(parseVersion(text), { major, minor });
    });
  }
});

Deno.test("parseVersion() takes what is no release for the newest", async (t) => {
  const lines = [
    "ffmpeg version N-112847-g4a0dc6e0a7 Copyright (c) 2000-2026 the FFmpeg developers",
    "ffmpeg version git-2024-01-01-abcdef Copyright (c) 2000-2026 the FFmpeg developers",
    "ffmpeg version 2024-08-11-git-43cde54fc1-full_build-www.gyan.dev Copyright (c) 2000-2026",
    "ffmpeg version autobuild-2024 Copyright",
    "",
    "something else",
  ];
  for (const line of lines) {
    await t.step(line, () => assertEquals(parseVersion(line), { major: Infinity, minor: 0 }));
  }
});

Deno.test("installHint() names the system's own package manager", async (t) => {
  const cases = [
    ["debian", 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\nHOME_URL="x"', "sudo apt install"],
    ["ubuntu", 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', "sudo apt install"],
    ["fedora", 'NAME="Fedora Linux"\nID=fedora\nVERSION_ID=42\n', "sudo dnf install"],
    ["rocky", 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', "sudo dnf install"],
    ["arch", "NAME=Arch Linux\nID=arch\nBUILD_ID=rolling", "sudo pacman -S"],
    ["manjaro", "ID=manjaro\nID_LIKE=arch\n", "sudo pacman -S"],
    ["alpine", 'ID=alpine\nPRETTY_NAME="Alpine Linux v3.20"', "sudo apk add"],
    ["opensuse", 'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"', "sudo zypper install"],
    ["none", "", "sudo apt install"],
    ["mentioned elsewhere", 'ID=debian\nNAME="arch and fedora"\nVERSION_ID=alpine', "sudo apt"],
  ] as const;
  for (const [name, osRelease, hint] of cases) {
    await t.step(name, () => assertStringIncludes(installHint("linux", osRelease), hint));
  }
  assertEquals(installHint("darwin"), "brew install ffmpeg");
  assertEquals(installHint("windows"), "winget install Gyan.FFmpeg");
});

testWith(["ffmpeg"], "ffmpegVersion() asks the ffmpeg that is there", async () => {
  assertGreaterOrEqual((await ffmpegVersion("ffmpeg")).major, 3);
});

Deno.test("ffmpegVersion() says what to do when ffmpeg isn't there", async () => {
  const error = await assertRejects(() => ffmpegVersion("/nowhere/ffmpeg"), SourceError);
  assertStringIncludes(error.message, "needs ffmpeg, and '/nowhere/ffmpeg' is not there: install");
  assertStringIncludes(error.message, "install ffmpeg");
  assertStringIncludes(error.message, "'--ffmpeg'");
});

Deno.test("ffmpegVersion() says when ffmpeg doesn't answer", { ignore }, async (t) => {
  const dir = await Deno.makeTempDir();
  const write = async (name: string, script: string): Promise<string> => {
    await Deno.writeTextFile(`${dir}/${name}`, `#!/bin/sh\n${script}`, { mode: 0o755 });
    return `${dir}/${name}`;
  };
  const saysNothing = async (): Promise<void> => {
    const ffmpeg = await write("silent", "exec sleep 600");
    const error = await assertRejects(() => ffmpegVersion(ffmpeg), SourceError);
    assertStringIncludes(
      error.message,
      `needs ffmpeg, and '${ffmpeg}' doesn't answer to '-version'`,
    );
  };
  const hangsAfterwards = async (): Promise<void> => {
    const ffmpeg = await write("hung", "echo ffmpeg version 6.1; exec sleep 600");
    assertEquals(await ffmpegVersion(ffmpeg), { major: 6, minor: 1 });
  };
  // Each takes the five seconds that a program gets.
  await together(t, { "a word": saysNothing, "to its end": hangsAfterwards });
  await Deno.remove(dir, { recursive: true });
});

Deno.test(
  "ffmpegVersion() takes no program of another system for a missing one",
  { ignore },
  async () => {
    const path = await Deno.makeTempFile();
    await Deno.writeTextFile(path, "#!/no/such/interpreter\n");
    await Deno.chmod(path, 0o755);
    await assertRejects(
      () => ffmpegVersion(path),
      SourceError,
      `'${path}' can't be run: it was built for`,
    );
    await Deno.remove(path);
  },
);

Deno.test("ffmpegVersion() says why when ffmpeg can't be run", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const error = await assertRejects(() => ffmpegVersion(dir), SourceError);
    assertStringIncludes(error.message, `needs ffmpeg, and '${dir}' `);
  } finally {
    await Deno.remove(dir);
  }
});
