import { assert } from "@std/assert";
import { testWith } from "../../testutil/needs.ts";
import { PYTHON_PACKAGE } from "../../testutil/program/python_package.ts";

testWith(["mypy"], "the Python package is typed", async () => {
  const { success, stdout } = await new Deno.Command("mypy", {
    args: ["--config-file", "pyproject.toml", "--cache-dir", "/dev/null", "src"],
    cwd: PYTHON_PACKAGE,
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stdout));
});
