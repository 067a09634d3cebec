import { decodeBase64 } from "@std/encoding/base64";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { eventually } from "../eventually.ts";
import { openViewer, type TestViewer } from "./messages.ts";

/** A machine that others use needs time. */
export const PATIENCE = { within: 60_000 };

/** The answer to a command. */
export interface Answer {
  type: "controlled" | "error" | "status";
  id: string;
  message: string;
  camera: string;
  settings: Record<string, unknown>;
  controls: Record<string, { type: string; value: unknown; choices?: { value: unknown }[] }>;
  note?: string;
}

let lastId = 0;

/** Sends a command as text, with an id of its own in it for `$ID`, and waits for its answer. */
export async function askText(viewer: TestViewer, text: string): Promise<Answer> {
  const id = `no. ${++lastId}`;
  viewer.socket.send(text.replace("$ID", id));
  const found = (): Answer | undefined =>
    (viewer.messages as unknown as Answer[]).find((message) => message.id === id);
  return await eventually(found, PATIENCE);
}

export function control(viewer: TestViewer, set?: Record<string, unknown>): Promise<Answer> {
  return askText(viewer, JSON.stringify({ id: "$ID", type: "control", set }));
}

export async function watching(url: string): Promise<TestViewer> {
  const viewer = await openViewer(url);
  await eventually(() => viewer.images().length > 0, PATIENCE);
  return viewer;
}

export function lastSize(viewer: TestViewer): string {
  const { width, height } = jpegSize(decodeBase64(viewer.images().at(-1)?.data ?? "")) ?? {};
  return `${width}x${height}`;
}

export function note(sizes: string[], jpeg: Uint8Array): void {
  const { width, height } = jpegSize(jpeg) ?? {};
  sizes.push(`${width}x${height}`);
}
