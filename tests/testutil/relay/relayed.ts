import type { CameraInfo } from "../../../lib/server/camera_list.ts";
import { eventually } from "../eventually.ts";
import { type TestViewer } from "../client/messages.ts";
import { type Nats } from "./nats.ts";
import { startWscam, type Wscam } from "../program/wscam.ts";

/** A recovery takes seconds, and more on a machine that is busy with other tests. */
export const RECOVERY = { within: 60_000 };

export const QUICK = ["--fps", "20", "--linger", "0.5"];

export const SMALL = ["--resolution", "160x120", ...QUICK];

export function publisher({ host }: Nats, camera = "door=test", ...more: string[]): Promise<Wscam> {
  const rest = more.includes("--resolution") ? QUICK : SMALL;
  return startWscam(["--camera", camera, "--publish", `nats://${host}`, ...rest, ...more]);
}

export function edge(
  { host }: { host: string },
  camera = "door",
  ...more: string[]
): Promise<Wscam> {
  return startWscam(["--camera", `nats://${host}/${camera}`, ...SMALL, ...more]);
}

export async function camerasOf(server: Wscam): Promise<CameraInfo[]> {
  return await (await fetch(`${server.url}/cameras`)).json();
}

export async function stateOf(server: Wscam): Promise<string | undefined> {
  return (await camerasOf(server))[0]?.state;
}

/** Waits until more pictures come than there are. */
export async function moreImages(viewer: TestViewer, options = RECOVERY): Promise<void> {
  const before = viewer.images().length;
  await eventually(() => viewer.images().length > before + 3, { ...options, what: "more images" });
}
