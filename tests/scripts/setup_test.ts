import { assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { runs } from "../../scripts/needs/probe.ts";
import { temporaryDirectory } from "../testutil/files.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/setup.ts", import.meta.url));

/** Installs nothing, writes down what it should, and doesn't know one of the packages. */
const APT = `#!/bin/sh
case " $* " in *" caddy "*) exit 100 ;; esac
echo "$*" >>"$LOG"
`;

Deno.test({
  name: "setup installs what it can where one package can't be had",
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0 || !runs("apt-get", "--version"),
  async fn() {
    await using folder = await temporaryDirectory();
    const log = `${folder.path}/log`;
    await Deno.writeTextFile(`${folder.path}/apt-get`, APT, { mode: 0o755 });
    // Nothing else is on PATH, so everything is missing.
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", SCRIPT],
      env: { PATH: folder.path, LOG: log, NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const asked = await Deno.readTextFile(log);
    assertMatch(asked, / install .* ffmpeg$/m);
    assertMatch(asked, / install .* tmux$/m);
    assertMatch(
      new TextDecoder().decode(stdout),
      /^ {2}caddy, for .*: sudo apt-get install caddy$/m,
    );
  },
});
