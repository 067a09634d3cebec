import { assertEquals, assertMatch } from "@std/assert";
import type { CameraState, State } from "../../lib/server/state.ts";
import type { Figures, Look } from "./look.ts";
import {
  contradictions,
  notAtRest,
  notDown,
  receivedMore,
  regressions,
  wrongSum,
} from "./truth.ts";

const ADDRESS = "127.0.0.1:50001";

const CAMERA: CameraState = {
  name: "cam",
  source: "/dev/video40",
  state: "live",
  resolution: "320x240",
  fps: 10,
  viewers: 1,
  code: null,
  reason: null,
  "retry_at": null,
  encoder: "imagescript",
  age: 0.1,
  frames: 100,
  broken: 1,
  encoded: 90,
  skipped: 2,
  restarts: 3,
  settings: null,
  renditions: [],
};

/** A state with one camera and one viewer. */
function state(camera: Partial<CameraState> = {}, sent = 80): State {
  const viewer = {
    address: ADDRESS,
    camera: "cam",
    codec: "jpeg" as const,
    "left_out": 0,
    quality: null,
    width: null,
    fps: 10,
    sent,
    dropped: 0,
    bytes: 1,
    age: 0.1,
  };
  return { version: "1", uptime: 1, cameras: [{ ...CAMERA, ...camera }], viewers: [viewer] };
}

function figures(changed: Record<string, number> = {}): Figures {
  const values = {
    "wscam_frames_captured_total": 100,
    "wscam_frames_broken_total": 1,
    "wscam_frames_encoded_total": 90,
    "wscam_frames_skipped_total": 2,
    "wscam_camera_restarts_total": 3,
    "wscam_frames_sent_total": 80,
    "wscam_viewers": 1,
    "wscam_camera_live": 1,
    "wscam_camera_failed": 0,
    ...changed,
  };
  return new Map(Object.entries(values).map(([name, value]) => [`${name}{camera="cam"}`, value]));
}

/** All is well, except for the given values. */
function look(changed: Partial<Look> = {}): Look {
  const health = { status: 200, body: { ok: true, problems: [] } };
  return { before: figures(), state: state(), after: figures(), health, ...changed };
}

/** The camera has failed, and everything says so. */
function downLook(changed: Partial<Look> = {}): Look {
  const failed = figures({ "wscam_camera_live": 0, "wscam_camera_failed": 1 });
  const problems = [{ camera: "cam", code: "gone" as const, reason: "was unplugged" }];
  return look({
    before: failed,
    after: failed,
    state: state({ state: "failed", code: "gone", reason: "was unplugged", "retry_at": 1 }),
    health: { status: 503, body: { ok: false, problems } },
    ...changed,
  });
}

Deno.test("contradictions() finds none where state and metrics agree, also while they change", () => {
  assertEquals(contradictions(look()), []);
  assertEquals(contradictions(downLook()), []);
  const after = figures({ "wscam_frames_captured_total": 102 });
  assertEquals(contradictions(look({ state: state({ frames: 101 }), after })), []);
  const changing = { before: figures(), after: downLook().after };
  assertEquals(contradictions(downLook(changing)), []);
});

Deno.test("contradictions() finds counts and moods that can't both be true", () => {
  assertMatch(contradictions(look({ state: state({ frames: 99 }) })).join(), /^wscam_frames_cap/);
  assertMatch(contradictions(look({ state: state({ restarts: 4 }) })).join(), /^wscam_camera_res/);
  assertEquals(contradictions(look({ state: downLook().state })).length, 2);
  assertMatch(contradictions(look({ state: state({ reason: "odd" }) })).join(), /with reason odd$/);
});

Deno.test("regressions() finds counters that fall or are gone, and lets gauges fall", () => {
  const later = (changed: Record<string, number>) => look({ before: figures(changed) });
  assertEquals(regressions(look(), later({ "wscam_viewers": 0 })), []);
  assertEquals(regressions(look(), later({ "wscam_frames_sent_total": 81 })), []);
  assertMatch(
    regressions(look(), later({ "wscam_frames_sent_total": 79 })).join(),
    / from 80 to 79/,
  );
  assertMatch(regressions(look(), look({ before: new Map() })).join(), /wscam_viewers.* is gone/);
  assertMatch(
    regressions(look(), look({ state: state({}, 79) })).join(),
    /'sent' of viewer .* fell/,
  );
});

Deno.test("notDown() wants everything to say that a camera is down", () => {
  assertEquals(notDown(downLook(), "cam"), []);
  assertEquals(notDown(look(), "cam").length, 5);
  assertMatch(notDown(downLook({ health: look().health }), "cam").join(), /answers 200.*name it/);
});

Deno.test("notAtRest() wants every camera live, and those viewers and no others", () => {
  const watcher = { address: ADDRESS, received: 80 };
  assertEquals(notAtRest(look(), [watcher]), []);
  assertMatch(notAtRest(look(), []).join(), /^viewers that have gone are there: 127/);
  const both = [watcher, { ...watcher, address: "127.0.0.1:2" }];
  assertMatch(notAtRest(look(), both).join(), /^viewers that are there are gone: 127.0.0.1:2/);
  assertMatch(notAtRest(downLook(), [watcher]).join(), /503.*its state is 'failed'/);
  const after = figures({ "wscam_viewers": 2 });
  assertMatch(notAtRest(look({ after }), [watcher]).join(), /^wscam_viewers of cam isn't 1/);
});

Deno.test("receivedMore() and wrongSum() count what was sent", () => {
  assertEquals(receivedMore(look(), [{ address: ADDRESS, received: 80 }]), []);
  assertEquals(receivedMore(look(), [{ address: ADDRESS, received: 81 }]).length, 1);
  assertEquals(wrongSum(look(), "cam"), []);
  assertEquals(wrongSum(look({ state: state({}, 79) }), "cam").length, 1);
});
