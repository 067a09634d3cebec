import { assertEquals, assertStringIncludes } from "@std/assert";
import { qrCode } from "../../../lib/commands/qr_code.ts";
import { banner } from "../../../lib/commands/serve/banner.ts";
import { VERSION } from "../../../lib/commands/version.ts";

const HOME: Deno.NetAddr = { transport: "tcp", hostname: "192.168.1.7", port: 8765 };
const OWN: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 8765 };

Deno.test("banner() has the cameras and the addresses that can be typed", async () => {
  const text = await banner(HOME, {
    cameras: ["door", "a\x1b[2J"],
    isTls: true,
    qrColumns: undefined,
  });
  assertEquals(text.split("\n"), [
    `wscam ${VERSION}, cameras door, a\ufffd[2J`,
    "  page https://192.168.1.7:8765/".padEnd(40) + " WebSocket wss://192.168.1.7:8765",
    "",
  ]);
});

Deno.test("banner() shows a phone the way, where there is room", async (t) => {
  const options = { cameras: ["0"], isTls: false };
  const code = await qrCode("http://192.168.1.7:8765/");
  await t.step("on a terminal", async () => {
    const text = await banner(HOME, { ...options, qrColumns: 80 });
    for (const row of code) assertStringIncludes(text, row);
    assertStringIncludes(text, "for a phone: http://192.168.1.7:8765/");
  });
  await t.step("not on a narrow one", async () => {
    const text = await banner(HOME, { ...options, qrColumns: 20 });
    assertEquals(text.split("\n").length, 3);
  });
  await t.step("not of an address that only this machine has", async () => {
    for (const hostname of ["127.0.0.1", "::1", "localhost"]) {
      const text = await banner({ ...OWN, hostname }, { ...options, qrColumns: 80 });
      assertEquals(text.split("\n").length, 3, text);
    }
  });
});
