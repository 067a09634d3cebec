import { assert } from "@std/assert";
import { createTestPicture } from "../../../lib/camera/test_picture/test_picture.ts";
import type { ViewerSettings } from "../../../lib/protocol/viewer_settings.ts";
import { Cameras } from "../../../lib/stream/cameras.ts";
import { ServedCamera } from "../../../lib/stream/served_camera.ts";
import type { MembershipOptions } from "../../../lib/stream/viewer/membership.ts";
import { Session } from "../../../lib/stream/viewer/session.ts";
import { FakeLink } from "../fake_viewer.ts";
import { eventually } from "../../testutil/eventually.ts";

export const DEFAULTS: ViewerSettings = {
  camera: "door",
  fps: null,
  quality: null,
  width: null,
  format: "json",
  ack: false,
  annotations: false,
};

export interface Bench extends AsyncDisposable {
  link: FakeLink;
  session: Session;
  door: ServedCamera;
  attic: ServedCamera;
  /** Waits for this many further messages. */
  more(count?: number): Promise<void>;
}

export function createBench(options: Partial<MembershipOptions> = {}): Bench {
  const [door, attic] = ["door", "attic"].map((name, i) =>
    new ServedCamera(createTestPicture({ width: 48 + 16 * i, height: 32, fps: 50 }), {
      name,
      description: "test",
      fps: 50,
      lingerMs: 0,
    })
  );
  assert(door && attic);
  const link = new FakeLink();
  const session = new Session(link, new Cameras([door, attic]), {
    address: "192.0.2.5:51234",
    ...options,
  });
  return {
    link,
    session,
    door,
    attic,
    async more(count = 2) {
      const before = link.messages.length;
      await eventually(() => link.messages.length >= before + count);
    },
    async [Symbol.asyncDispose]() {
      session.close();
      await Promise.all([door.close(), attic.close()]);
    },
  };
}

export const OWN = { quality: null, width: null };
