import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import type { ViewerPage } from "../testutil/browser.ts";
import { testInBrowser } from "../testutil/in_browser.ts";
import { assertColourBars, assertPictureMoves, hide } from "../testutil/browser_checks.ts";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { eventually } from "../../testutil/eventually.ts";
import { startWebCamera } from "../../testutil/camera/web_camera.ts";
import { startSlowLine } from "../../testutil/network/slow_line.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const CAMERAS = ["--camera", "door=test", "--fps", "15"];
const DESKTOP = { viewport: { width: 1280, height: 800 } };

/** The value of JavaScript in the page, where `view` is the element, and `video` the one in it. */
async function ask<T>({ page }: ViewerPage, expression: string): Promise<T> {
  return await page.evaluate<T>(`(() => {
    const view = document.getElementById("view");
    const video = view.shadowRoot.querySelector("video");
    return ${expression};
  })()`);
}

async function until(viewer: ViewerPage, condition: string, within = 60_000): Promise<void> {
  await eventually(() => ask<boolean>(viewer, `Boolean(${condition})`), {
    within,
    what: condition,
  });
}

/** Keeps all notes of the page in `notes`, so that none is missed that is soon followed by another. */
async function listNotes(viewer: ViewerPage): Promise<void> {
  await viewer.page.evaluate(`{
    const note = document.getElementById("view").shadowRoot.getElementById("note");
    window.notes = [note.textContent];
    new MutationObserver(() => notes.push(note.textContent)).observe(note, {
      characterData: true, childList: true, subtree: true,
    });
  }`);
}

testInBrowser("the page, by H.264", { serve: CAMERAS, needs: ["ffmpeg"] }, {
  "the page shows H.264, live and in order": async ({ browser, server, t }) => {
    await using viewer = await browser.open(`${server.url}/?format=h264`, DESKTOP);
    await viewer.untilState("live");
    await until(viewer, "!video.hidden && video.videoWidth === 640");
    await t.step("the camera's picture, which moves", async () => {
      await assertColourBars(viewer);
      await assertPictureMoves(viewer);
      await viewer.untilText("size", /^640×480$/);
      await viewer.untilText("fps", /^\d+\.\d$/);
      await viewer.untilText("age", /^\d{1,3} ms$/);
    });
    await t.step("times that grow", async () => {
      const times = await ask<number[]>(
        viewer,
        `new Promise((done) => {
        const times = [];
        view.addEventListener("frame", ({ detail }) => {
          times.push(detail.timestamp);
          if (times.length === 20) done(times);
        });
      })`,
      );
      assertEquals(times, times.toSorted((a, b) => a - b));
    });
    await t.step("a snapshot", async () => {
      const bytes = await ask<number[]>(
        viewer,
        "view.snapshot().then((blob) => blob.arrayBuffer()).then((it) => [...new Uint8Array(it)])",
      );
      assertEquals(jpegSize(new Uint8Array(bytes)), { width: 640, height: 480 });
    });
    await t.step("live at once when somebody comes back", async () => {
      await hide(viewer);
      await ask(viewer, "video.pause()");
      const shown = await ask<number>(viewer, "video.currentTime");
      await until(viewer, `video.buffered.end(video.buffered.length - 1) > ${shown} + 2`);
      await hide(viewer, false);
      await until(
        viewer,
        "video.buffered.end(video.buffered.length - 1) - video.currentTime < 0.6",
      );
      await viewer.untilState("live");
    });
    await t.step("no more memory than a few seconds take", async () => {
      await until(viewer, "video.currentTime > 12");
      const kept = "video.buffered.end(video.buffered.length - 1) - video.buffered.start(0)";
      await until(viewer, `${kept} < 12 && video.buffered.start(0) > 0`);
    });
    assertEquals(viewer.complaints, []);
  },
  "the page's menu fixes JPEG or H.264": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url, DESKTOP);
    await viewer.untilState("live");
    assert(await ask(viewer, "video.hidden"));
    await viewer.page.locator("#settings").click();
    const menu = viewer.page.getByRole("combobox", { name: "Format" });
    for (let i = 0; i < 3; i++) {
      await menu.selectOption({ label: "H.264" });
      await until(viewer, "!video.hidden && video.videoWidth === 640");
      assertEquals(new URL(viewer.page.url()).searchParams.get("format"), "h264");
      await menu.selectOption({ label: "JPEG" });
      await until(viewer, "video.hidden && !video.hasAttribute('src')");
      await viewer.untilState("live");
    }
    await menu.selectOption({ label: "Automatic" });
    assertEquals(new URL(viewer.page.url()).searchParams.get("format"), null);
    assertEquals(viewer.complaints, []);
  },
  "the page goes over to H.264 where the line is slow": async ({ browser, server }) => {
    await using line = startSlowLine(server.port, 125_000);
    await using viewer = await browser.open(`http://${line.host}`, DESKTOP);
    await viewer.untilState("live");
    await listNotes(viewer);
    const shown = `video.hidden
      ? window.begun = undefined
      : video.currentTime - (window.begun ??= video.currentTime) > 3`;
    // On a busy machine H.264 may bring no picture in time, and is tried again after a minute.
    await until(viewer, `(${shown}) && view.state === "live"`, 180_000);
    const notes = await viewer.page.evaluate<string[]>("notes");
    const slow = "Switched to H.264: the connection is too slow for JPEG";
    assert(notes.includes(slow), JSON.stringify(notes));
    assertEquals(await ask(viewer, "view.viewer.format.format"), "h264");
    await viewer.page.locator("#note").waitFor({ state: "hidden" });
  },
  "the page stays with JPEG where the camera pauses": async ({ browser }) => {
    // So few pictures a second reach the page on a busy machine, too.
    let sent = 0;
    await using camera = startWebCamera(() => ({
      waits: () => ({ 14: 2500, 30: 6000 })[sent++] ?? 500,
    }));
    await using server = await startWscam(["--camera", `door=${camera.url}`]);
    await using viewer = await browser.open(server.url, DESKTOP);
    await viewer.untilState("live");
    await listNotes(viewer);
    await eventually(() => sent > 45, { within: 120_000, what: "pictures after both pauses" });
    assertEquals(await viewer.page.evaluate("notes"), [""]);
    assertEquals(await ask(viewer, "view.viewer.format.format"), "jpeg");
  },
  "the page shows JPEG where the server has no H.264": async ({ browser }) => {
    await using server = await startWscam([...CAMERAS, "--ffmpeg", "/nonexistent/ffmpeg"]);
    await using viewer = await browser.open(`${server.url}/?format=h264`, DESKTOP);
    await viewer.untilState("live");
    assertEquals(await viewer.text("note"), "JPEG: this server can’t send H.264");
    assert(await ask(viewer, "video.hidden"));
  },
  "a thousand changes of the format leave nothing behind": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url, DESKTOP);
    await viewer.untilState("live");
    await viewer.page.evaluate(`(async () => {
    const { format } = document.getElementById("view").viewer;
    for (let i = 0; i < 1000; i++) {
      format.wish = i % 2 === 0 ? "h264" : "jpeg";
      await new Promise((done) => setTimeout(done, 5));
    }
  })()`);
    await viewer.untilState("live");
    // The last change was to JPEG, which takes the place of the video with its first picture.
    await eventually(() => ask<boolean>(viewer, "video.hidden"));
    const [left] = await eventually(async () => {
      const { viewers } = await (await fetch(`${server.url}/state`)).json();
      return viewers.length === 1 && viewers;
    });
    assertGreater(left.sent, 0);
    assertLess(await ask<number>(viewer, "video.buffered.length"), 1);
  },
});
