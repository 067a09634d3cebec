import { STATUS_CODE } from "@std/http/status";
import type { Inlet } from "../../camera/push/inlet.ts";
import { quote } from "../../protocol/quote.ts";
import type { CameraView } from "../../stream/cameras.ts";
import type { ServedCamera } from "../../stream/served_camera.ts";
import { plain } from "../answers.ts";
import { reasonHeader } from "../refusal/reason.ts";
import type { Asked } from "../route.ts";

/** A program's request to push pictures. */
export interface PushWish {
  /** The camera. */
  served: ServedCamera;
  /** Its inlet. */
  inlet: Inlet;
  /** Whether it may take the place of another one. */
  replaces: boolean;
  /** Whether each picture is to be acknowledged. */
  acknowledges: boolean;
}

/** Reads a request to push pictures; returns the refusal if it can't be granted. */
export function readWish(
  { url: { searchParams: query }, grant, cameras }: Asked,
): PushWish | Response {
  const refuse = (status: number, why: string, headers: Record<string, string> = {}): Response =>
    plain(status, `Cannot push: ${why}`, headers);
  if (grant.rights !== "control") {
    const why =
      "you may only watch; this needs the token or, where there is none, the local network";
    return refuse(STATUS_CODE.Forbidden, why);
  }
  const [replaces, acknowledges] = ["replace", "ack"].map((name) => isOn(query.get(name)));
  if (replaces === undefined || acknowledges === undefined) {
    return refuse(STATUS_CODE.BadRequest, "fields 'replace' and 'ack' must be 1 or 0");
  }
  const camera = query.get("camera")?.normalize("NFC");
  const served = cameras.all.find(({ name, inlet }) =>
    camera === undefined ? inlet : name === camera
  );
  if (served?.inlet === undefined) {
    const missing = reasonHeader("unknown-camera", { camera: camera ?? "" });
    return refuse(STATUS_CODE.NotFound, whyNone(cameras, camera), missing);
  }
  const { inlet } = served;
  if (inlet.holder !== undefined && !replaces) {
    return refuse(STATUS_CODE.Conflict, takenBy(served, inlet.holder));
  }
  return { served, inlet, replaces, acknowledges };
}

function isOn(text: string | null): boolean | undefined {
  if (text === null || text === "0" || text === "false") return false;
  return text === "1" || text === "true" ? true : undefined;
}

function whyNone({ all }: CameraView, camera: string | undefined): string {
  const names = all.filter(({ inlet }) => inlet).map(({ name }) => quote(name));
  if (names.length === 0) {
    return "no camera here accepts pictures: start the server with --camera NAME=push";
  }
  return `field 'camera' must be one of ${names.join(", ")}, got ${quote(camera)}`;
}

/** Why a second program gets no place at a camera. */
export function takenBy({ name }: ServedCamera, holder: string): string {
  return `camera ${quote(name)} gets its pictures from ${holder}; use replace=1 to take its place`;
}
