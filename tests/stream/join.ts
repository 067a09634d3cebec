import { assert } from "@std/assert";
import type { RenditionShape } from "../../lib/encoder/encoder.ts";
import type { ServedCamera } from "../../lib/stream/served_camera.ts";
import type { Recipient } from "../../lib/stream/recipient.ts";
import { FakeViewer } from "./fake_viewer.ts";

/** Sends pictures of a rendition to somebody, until the function that it returns is called. */
export function join(
  served: ServedCamera | undefined,
  shape?: RenditionShape,
  recipient: Recipient = new FakeViewer(),
): () => void {
  const stream = served?.join(recipient, shape);
  assert(stream);
  return () => stream.remove(recipient);
}
