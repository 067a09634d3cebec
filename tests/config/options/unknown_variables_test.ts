import { assertEquals, assertThrows } from "@std/assert";
import { OPTIONS, variableOf } from "../../../lib/config/options/options.ts";
import { UsageError } from "../../../lib/config/options/usage_error.ts";
import { againstUnknownVariables } from "../../../lib/config/options/unknown_variables.ts";

Deno.test("againstUnknownVariables() names the nearest that is known", async (t) => {
  const cases = [
    ["WSCAM_TOKN", "did you mean 'WSCAM_TOKEN'?"],
    ["WSCAM_TOKENFILE", "did you mean 'WSCAM_TOKEN_FILE'?"],
    ["WSCAM_CAMERAS", "did you mean 'WSCAM_CAMERA'?"],
    ["WSCAM_MAXCLIENTS", "did you mean 'WSCAM_MAX_CLIENTS'?"],
    ["WSCAM_port", "did you mean 'WSCAM_PORT'?"],
    ["wscam_token", "did you mean 'WSCAM_TOKEN'?"],
    ["Wscam_Tokn", "did you mean 'WSCAM_TOKEN'?"],
    ["WSCAM_QWERTYUIOPASDF", "see 'wscam --help'"],
  ] as const;
  for (const [name, hint] of cases) {
    await t.step(name, () => {
      const { message } = assertThrows(() => againstUnknownVariables(["PATH", name]), UsageError);
      assertEquals(message, `Unknown environment variable '${name}': ${hint}`);
    });
  }
});

Deno.test("againstUnknownVariables() knows all options, installers and platforms", () => {
  againstUnknownVariables([
    ...OPTIONS.serve.map(({ name }) => variableOf(name)),
    "HOME",
    "WSCAMERA",
    "wscamera",
    "MY_WSCAM_X",
    "WSCAM_INSTALL_DIR",
    "WSCAM_VERSION",
    "WSCAM_SERVICE_HOST",
    "WSCAM_SERVICE_PORT",
    "WSCAM_SERVICE_PORT_HTTP",
    "WSCAM_NAME",
    "WSCAM_PORT_8765_TCP",
    "WSCAM_PORT_8765_TCP_ADDR",
    "WSCAM_PORT_80_UDP_PROTO",
    "WSCAM_WEB_PORT",
    "WSCAM_WEB_SERVICE_HOST",
    "WSCAM_WEB_SERVICE_PORT",
    "WSCAM_WEB_PORT_80_TCP",
    "WSCAM_WEB_PORT_80_TCP_ADDR",
  ]);
});
