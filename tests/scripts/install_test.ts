import { assertEquals, assertStringIncludes } from "@std/assert";
import { testWith } from "../testutil/needs.ts";
import { createSetting, ignore, install, pretend } from "./install_setting.ts";

async function assertInstalls(shell: string[]): Promise<void> {
  await using setting = await createSetting();
  await pretend(setting, "Linux", "x86_64");
  const { code, stdout, stderr, left } = await install(setting, { shell });
  assertEquals([code, stderr, left], [0, "", ["wscam"]]);
  assertStringIncludes(stdout, "Installed wscam 1.2.3 linux-x86_64 as");
  assertStringIncludes(stdout, `${setting.home}/.local/bin is not on your PATH`);
  assertStringIncludes(stdout, "Cameras need ffmpeg, which is not installed: sudo apt install");
}

Deno.test({ name: "install.sh installs with sh", ignore, fn: () => assertInstalls(["/bin/sh"]) });

testWith(["bash"], "install.sh installs with bash", () => assertInstalls(["/bin/bash"]));

testWith(["dash"], "install.sh installs with dash", () => assertInstalls(["/bin/dash"]));

testWith(
  ["busybox"],
  "install.sh installs with busybox",
  () => assertInstalls(["/bin/busybox", "sh"]),
);

Deno.test({
  name: "install.sh takes the executable of the system and processor",
  ignore,
  async fn(t) {
    const machines = [
      ["Linux", "x86_64", "linux-x86_64"],
      ["Linux", "aarch64", "linux-aarch64"],
      ["Darwin", "x86_64", "macos-x86_64"],
      ["Darwin", "arm64", "macos-aarch64"],
    ] as const;
    for (const [system, processor, target] of machines) {
      await t.step(target, async () => {
        await using setting = await createSetting();
        await pretend(setting, system, processor);
        const { code, stdout } = await install(setting);
        assertEquals(code, 0);
        assertStringIncludes(stdout, `Installed wscam 1.2.3 ${target} as`);
      });
    }
    await t.step("Rosetta", async () => {
      await using setting = await createSetting();
      await pretend(setting, "Darwin", "x86_64");
      await Deno.writeTextFile(`${setting.bin}/sysctl`, "#!/bin/sh\necho 1\n", { mode: 0o755 });
      assertStringIncludes((await install(setting)).stdout, "wscam 1.2.3 macos-aarch64");
    });
  },
});

testWith(["wget"], "install.sh works with wget where there is no curl", async () => {
  await using setting = await createSetting({ with: ["wget", "sha256sum"] });
  await pretend(setting, "Linux", "x86_64");
  const { code, left } = await install(setting);
  assertEquals([code, left], [0, ["wscam"]]);
});
