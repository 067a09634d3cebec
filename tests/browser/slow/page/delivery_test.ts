import { assert, assertEquals } from "@std/assert";
import { testInBrowser } from "../../testutil/in_browser.ts";
import { assertPictureMoves, hide } from "../../testutil/browser_checks.ts";
import { eventually } from "../../../testutil/eventually.ts";
import { answerPing, startFakeServer } from "../../../testutil/server/fake_server.ts";
import { savePage } from "../../../testutil/files.ts";

const CAMERAS = ["--camera", "door=test", "--fps", "5"];

testInBrowser("the page, and how pictures come to it", { serve: CAMERAS }, {
  "the page acknowledges pictures that have numbers": async ({ browser }) => {
    await using server = await startFakeServer({ answer: answerPing, inFlight: 2 });
    await using viewer = await browser.open(server.url);
    await viewer.untilState("live");
    await eventually(() => server.of("ack").length >= 10);
    assertEquals(server.queries[0]?.get("ack"), "1");
    assertEquals(server.queries[0]?.get("format"), "binary");
    // A page that nobody sees must not wait for a decoder.
    await hide(viewer);
    const seen = server.of("ack").length;
    await eventually(() => server.of("ack").length >= seen + 5);
    const numbers = server.of("ack").map(({ sequence }) => Number(sequence));
    assertEquals(numbers, numbers.toSorted((a, b) => a - b));
  },
  "the page gets binary messages, acknowledged, from wscam": async ({ browser, server }) => {
    await using viewer = await browser.open("about:blank");
    const frames: (string | Uint8Array)[] = [];
    viewer.page.on("websocket", (socket) => {
      socket.on("framereceived", ({ payload }) => frames.push(payload));
    });
    await viewer.page.goto(server.url);
    await viewer.untilState("live");
    await assertPictureMoves(viewer);
    await eventually(() => frames.filter((frame) => typeof frame !== "string").length > 5, {
      what: "pictures to come as binary messages",
    });
    assertEquals(
      frames.filter((frame) => typeof frame === "string" && frame.includes("image")),
      [],
    );
  },
  "the page shows pictures of a server that knows no commands": async ({ browser, t }) => {
    await using server = await startFakeServer();
    await using file = await savePage();
    for (const url of [`${server.url}/?width=320&camera=*`, file.url]) {
      await t.step(new URL(url).protocol, async () => {
        await using viewer = await browser.open(url);
        if (url === file.url) {
          await viewer.page.locator("#address").fill(`127.0.0.1:${server.port}`);
          await viewer.page.locator("#address").press("Enter");
        }
        await viewer.untilState("live");
        await viewer.untilText("size", /^64×48$/);
        await viewer.page.locator("#settings").click();
        await viewer.page.getByText("This server sends everyone the same pictures.").waitFor();
        assert(await viewer.page.getByRole("slider", { name: "Quality" }).isDisabled());
        assert(await viewer.page.locator("#remote").isHidden());
        assert(await viewer.page.locator("#camera").isHidden());
        assertEquals(server.of("ack"), []);
        assertEquals(server.of("configure"), []);
        assertEquals(viewer.complaints, []);
      });
    }
  },
  "the page lets the camera sleep while nobody looks": async ({ browser }) => {
    await using server = await startFakeServer({ answer: answerAll });
    await using viewer = await browser.open("about:blank");
    await viewer.page.clock.install();
    await viewer.page.goto(server.url);
    await viewer.page.clock.resume();
    await viewer.untilState("live");
    await eventually(() => server.of("ping").length > 1);
    await hide(viewer);
    await viewer.page.clock.runFor(50_000);
    assertEquals(server.of("pause"), []);
    await viewer.page.clock.runFor(15_000);
    await eventually(() => server.of("pause").length === 1);
    await hide(viewer, false);
    await eventually(() => server.of("resume").length === 1);
    await viewer.untilState("live");
  },
  "the page's picture in picture opens and closes": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url);
    await viewer.untilState("live");
    const button = viewer.page.getByRole("button", { name: "Picture in picture (P)" });
    await button.click();
    const isOpen = () => viewer.page.evaluate<boolean>("document.pictureInPictureElement !== null");
    await eventually(isOpen, { what: "the small window" });
    assertEquals(await button.getAttribute("aria-pressed"), "true");
    const shown = () =>
      viewer.page.evaluate<string>(`(() => {
      const canvas = new OffscreenCanvas(64, 48);
      canvas.getContext("2d").drawImage(document.pictureInPictureElement, 0, 0, 64, 48);
      return canvas.getContext("2d").getImageData(0, 0, 64, 48).data.join();
    })()`);
    const first = await shown();
    await eventually(async () => await shown() !== first, { what: "it to move" });
    // It is seen, so it goes on also when the page isn't.
    await hide(viewer);
    const second = await shown();
    await eventually(async () => await shown() !== second, { what: "it to move" });
    await hide(viewer, false);
    await viewer.page.keyboard.press("p");
    await eventually(async () => !await isOpen());
    await eventually(async () => await button.getAttribute("aria-pressed") === "false");
    assertEquals(viewer.complaints, []);
  },
  "the page has no picture in picture where the browser has none": async ({ browser, server }) => {
    await using viewer = await browser.open("about:blank");
    await viewer.page.addInitScript(
      "Object.defineProperty(document, 'pictureInPictureEnabled', { value: false })",
    );
    await viewer.page.goto(server.url);
    await viewer.untilState("live");
    assert(await viewer.page.locator("#pip").isHidden());
    await viewer.page.keyboard.press("p");
    await viewer.untilState("live");
    assertEquals(viewer.complaints, []);
  },
});

function answerAll(command: { type?: unknown }): object | undefined {
  if (command.type === "pause") return { type: "paused" };
  return command.type === "resume" ? { type: "resumed" } : answerPing(command);
}
