import { assert, assertEquals } from "@std/assert";
import { testInBrowser } from "../../testutil/in_browser.ts";
import { eventually } from "../../../testutil/eventually.ts";
import {
  answerPing,
  type FakeCommand,
  startFakeServer,
} from "../../../testutil/server/fake_server.ts";

const CAMERAS = [{ name: "door", fps: 10 }];

/** A camera that can be set. */
function createCamera(): (command: FakeCommand) => object | undefined {
  const values: Record<string, unknown> = {
    resolution: "640x480",
    flip: null,
    "zoom_absolute": 100,
    backlight: false,
    "focus_absolute": 20,
    name: "front",
    calibrate: null,
  };
  const controls = (): object => ({
    resolution: {
      type: "menu",
      value: values.resolution,
      default: "640x480",
      choices: ["640x480", "1280x720"].map((value) => ({ value, label: value })),
    },
    flip: {
      type: "menu",
      value: values.flip,
      default: null,
      choices: [{ value: null, label: "none" }, { value: "h", label: "h" }],
    },
    zoom_absolute: {
      type: "integer",
      value: values.zoom_absolute,
      default: 100,
      min: 100,
      max: 500,
      step: 50,
    },
    backlight: { type: "boolean", value: values.backlight, default: false },
    focus_absolute: {
      type: "integer",
      value: values.focus_absolute,
      default: 20,
      min: 0,
      max: 100,
      step: 1,
      inactive: values.backlight !== true,
    },
    name: { type: "string", value: values.name, min: 0, max: 32, default: "front" },
    calibrate: { type: "button", value: null },
  });
  return (command) => {
    if (command.type !== "control") return answerPing(command);
    if (command.set) Object.assign(values, command.set);
    const listed = command.set ? {} : { controls: controls() };
    return { type: "controlled", camera: "door", settings: { ...values }, ...listed };
  };
}

testInBrowser("the page, and a camera that can be set", {}, {
  "the page sets what the camera lets it set": async ({ browser }) => {
    await using server = await startFakeServer({ answer: createCamera(), cameras: CAMERAS });
    await using viewer = await browser.open(server.url);
    const { page } = viewer;
    const sets = (): unknown[] =>
      server.of("control").map(({ set }) => set).filter((set) => set !== undefined);
    const lastSet = async (wanted: object): Promise<void> => {
      await eventually(() => JSON.stringify(sets().at(-1)) === JSON.stringify(wanted), {
        what: `${JSON.stringify(wanted)} to be set`,
      });
    };
    await viewer.untilState("live");
    await page.keyboard.press("o");
    await page.getByRole("group", { name: "Camera door" }).waitFor();
    await page.getByRole("combobox", { name: "Resolution" }).selectOption("1280x720");
    await lastSet({ resolution: "1280x720" });
    await page.getByRole("combobox", { name: "Flip" }).selectOption("h");
    await lastSet({ flip: "h" });
    const zoom = page.getByRole("slider", { name: "Zoom" });
    await zoom.press("ArrowRight");
    await lastSet({ zoom_absolute: 150 });
    await page.getByRole("button", { name: "Zoom: back to the default" }).click();
    await lastSet({ zoom_absolute: 100 });
    assertEquals(await zoom.inputValue(), "100");
    // One setting switches another on.
    const focus = page.getByRole("slider", { name: "Focus" });
    assert(await focus.isDisabled());
    await page.getByRole("switch", { name: "Backlight" }).click();
    await lastSet({ backlight: true });
    await eventually(() => focus.isEnabled(), { what: "the focus to be set" });
    await page.getByRole("textbox", { name: "Name" }).fill("back");
    await page.getByRole("textbox", { name: "Name" }).press("Enter");
    await lastSet({ name: "back" });
    await page.getByRole("button", { name: "Calibrate" }).click();
    await lastSet({ calibrate: true });
    assertEquals(server.of("control").every(({ camera }) => camera === "door"), true);
    assertEquals(viewer.complaints, []);
  },
  "the page asks again what there is to set when its panel opens": async ({ browser }) => {
    let zoom = 1;
    await using server = await startFakeServer({
      cameras: CAMERAS,
      answer: (command) =>
        command.type !== "control" ? answerPing(command) : {
          type: "controlled",
          camera: "door",
          settings: {},
          controls: { zoom: { type: "integer", value: zoom, min: 1, max: 9, step: 1 } },
        },
    });
    await using viewer = await browser.open(server.url);
    await viewer.untilState("live");
    await viewer.page.keyboard.press("o");
    const slider = viewer.page.getByRole("slider", { name: "Zoom" });
    await slider.waitFor();
    assertEquals(await slider.inputValue(), "1");
    await viewer.page.keyboard.press("o");
    zoom = 7;
    await viewer.page.keyboard.press("o");
    await eventually(async () => await slider.inputValue() === "7");
  },
  "the page has nothing to set where the server says no": async ({ browser, t }) => {
    const refusals = [
      {
        name: "in its words, where it is forbidden",
        message: "Cannot control: a share link can watch, never control",
        isSeen: true,
      },
      {
        name: "at all, where it knows no such command",
        message: "Cannot read command: field 'type' must be one of 'ping', got 'control'",
        isSeen: false,
      },
    ];
    for (const { name, message, isSeen } of refusals) {
      await t.step(name, async () => {
        await using server = await startFakeServer({
          cameras: CAMERAS,
          answer: (command) =>
            command.type === "control" ? { type: "error", message } : answerPing(command),
        });
        await using viewer = await browser.open(server.url);
        await viewer.untilState("live");
        await viewer.page.keyboard.press("o");
        await eventually(() => server.of("control").length > 0);
        if (isSeen) await viewer.page.getByText(message).waitFor();
        assertEquals(await viewer.page.locator("#remote").isVisible(), isSeen);
        assertEquals(await viewer.page.locator("#remote .row").count(), 0);
        assertEquals(await viewer.text("state"), "Live");
      });
    }
  },
  "the page takes no harm from what a server lists": async ({ browser }) => {
    const odd = { type: "menu", value: 1, choices: [null, { value: "<img src=x>" }, 3] };
    await using server = await startFakeServer({
      cameras: CAMERAS,
      answer: (command) =>
        command.type !== "control" ? answerPing(command) : {
          type: "controlled",
          controls: {
            odd,
            "<b>bold</b>": { type: "boolean", value: "yes" },
            none: null,
            text: "text",
            backwards: { type: "integer", value: 3, min: 9, max: 1 },
            ...Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`x${i}`, odd])),
          },
        },
    });
    await using viewer = await browser.open(server.url);
    await viewer.untilState("live");
    await viewer.page.keyboard.press("o");
    await viewer.page.getByText("<b>bold</b>", { exact: true }).waitFor();
    assertEquals(await viewer.page.locator("#remote .row").count(), 100);
    assertEquals(await viewer.page.locator("#remote img, #remote b").count(), 0);
    assertEquals(viewer.complaints, []);
  },
});
