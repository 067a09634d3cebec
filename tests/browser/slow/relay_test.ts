import { assertEquals } from "@std/assert";
import { type ViewerPage } from "../testutil/browser.ts";
import { testInBrowser } from "../testutil/in_browser.ts";
import { hide } from "../testutil/browser_checks.ts";
import { eventually } from "../../testutil/eventually.ts";
import { type Nats, startNats } from "../../testutil/relay/nats.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

const SMALL = ["--resolution", "160x120", "--linger", "0.5"];

function publisher({ host }: Nats, camera: string): Promise<Wscam> {
  return startWscam(["--camera", `${camera}=test`, "--publish", `nats://${host}`, ...SMALL]);
}

function edge({ host }: Nats, ...more: string[]): Promise<Wscam> {
  return startWscam(["--camera", `nats://${host}/*`, ...SMALL, ...more]);
}

/** How often the page has asked for the list of cameras. */
function countLists({ requests }: ViewerPage): number {
  return requests.filter((request) => new URL(request).pathname === "/cameras").length;
}

async function untilTile({ page }: ViewerPage, name: string | RegExp): Promise<void> {
  await page.getByRole("button", { name, exact: true }).waitFor();
}

testInBrowser("the page, and cameras of a broker", { needs: ["nats-server"] }, {
  "the page's grid shows cameras as they come to a broker, and tells of those that go": async (
    { browser },
  ) => {
    await using nats = await startNats();
    await using relayed = await edge(nats, "--camera", "own=test");
    await using viewer = await browser.open(`${relayed.url}/?camera=*`);
    await viewer.untilState("live");
    assertEquals(await viewer.page.locator(".tile").count(), 0, "one camera is no grid");
    const door = await publisher(nats, "door");
    await viewer.untilText("state", /^2 of 2 cameras live$/);
    await untilTile(viewer, "door Live");
    await eventually(
      () =>
        viewer.page.evaluate<boolean>(
          `Array.from(document.querySelectorAll(".tile wscam-view"))
            .every(({ shadowRoot }) => shadowRoot.querySelector("img").naturalWidth > 0)`,
        ),
      { what: "pictures on both tiles" },
    );
    const sockets = viewer.requests.filter((request) => request.startsWith("ws:")).length;
    await using _yard = await publisher(nats, "yard");
    await viewer.untilText("state", /^3 of 3 cameras live$/);
    const more = viewer.requests.filter((request) => request.startsWith("ws:")).length - sockets;
    assertEquals(more, 1, "tiles that are there already stay connected");
    await door.end();
    await untilTile(viewer, /^door .*Camera door is not there/);
    await viewer.untilText("state", /^2 of 3 cameras live$/);
    await using _again = await publisher(nats, "door");
    await viewer.untilText("state", /^3 of 3 cameras live$/);
    await untilTile(viewer, "door Live");
    assertEquals(viewer.complaints, []);
  },
  "the page's grid leaves out a tile whose camera has gone while it was out of sight": async (
    { browser },
  ) => {
    await using nats = await startNats();
    await using relayed = await edge(
      nats,
      ...["a", "b", "c", "d", "e"].flatMap((name) => ["--camera", `${name}=test`]),
    );
    const door = await publisher(nats, "door");
    await using viewer = await browser.open(`${relayed.url}/?camera=*&fps=1&width=160`, {
      viewport: { width: 390, height: 600 },
    });
    await untilTile(viewer, /^door /);
    await untilTile(viewer, "a Live");
    await door.end();
    await viewer.untilText("state", / of 5 cameras live$/);
    await using _again = await publisher(nats, "door");
    await viewer.untilText("state", / of 6 cameras live$/);
    await viewer.page.locator(".tile").last().scrollIntoViewIfNeeded();
    await untilTile(viewer, "door Live");
  },
  "the page says that the chosen camera isn't there, and shows it as soon as it is": async (
    { browser },
  ) => {
    await using nats = await startNats();
    await using relayed = await edge(nats);
    await using any = await browser.open(relayed.url);
    await any.untilText("state", /^There is no camera yet$/);
    await using yard = await browser.open(`${relayed.url}/?camera=yard`);
    await yard.untilText("state", /^Camera yard is not there$/);
    const door = await publisher(nats, "door");
    await any.untilState("live");
    await yard.page.locator("#camera").getByRole("option", { name: "door" })
      .waitFor({ state: "attached" });
    assertEquals(
      await yard.text("notice-detail"),
      "It will be shown as soon as it appears.",
    );
    await using _yard = await publisher(nats, "yard");
    await yard.untilState("live");
    await any.page.locator("#camera").getByRole("option", { name: "yard" })
      .waitFor({ state: "attached" });
    await door.end();
    await any.untilText("notice-words", /no wscam publishes 'door'/);
    await using _door = await publisher(nats, "door");
    await any.untilState("live");
    assertEquals([...any.complaints, ...yard.complaints], []);
  },
  "the page asks for the cameras again while it is seen": async ({ browser }) => {
    await using nats = await startNats();
    await using relayed = await edge(nats, "--camera", "own=test");
    await using hidden = await browser.open(relayed.url);
    await using seen = await browser.open(relayed.url);
    for (const viewer of [hidden, seen]) await viewer.untilState("live");
    await eventually(() => countLists(hidden) > 1);
    await hide(hidden);
    const lists = countLists(hidden);
    const more = countLists(seen) + 3;
    await eventually(() => countLists(seen) >= more);
    assertEquals(countLists(hidden), lists);
    await hide(hidden, false);
    await eventually(() => countLists(hidden) > lists);
  },
});
