import { eventually } from "../eventually.ts";
import { type TestViewer } from "./messages.ts";

export const BOX = {
  x: 0.1,
  y: 0.2,
  width: 0.3,
  height: 0.4,
  label: "cat",
  score: 0.93,
};
export const SMALL = ["--resolution", "160x120", "--fps", "20"];

export type Message = Record<string, unknown>;

export function of(viewer: TestViewer, type: string): Message[] {
  const messages = viewer.messages as unknown as Message[];
  return messages.filter((each) => each.type === type);
}

export async function annotations(
  viewer: TestViewer,
  count: number,
): Promise<Message[]> {
  const what = `${count} annotations`;
  await eventually(() => of(viewer, "annotation").length >= count, { what });
  return of(viewer, "annotation");
}

/** Waits until it has been answered: then all before that has been done. */
export async function pong(viewer: TestViewer): Promise<void> {
  const before = of(viewer, "pong").length;
  viewer.command({ type: "ping" });
  await eventually(() => of(viewer, "pong").length > before);
}
