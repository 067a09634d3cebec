import { MAX_TEXT_LENGTH } from "../../protocol/message.ts";
import type { ViewerSettings } from "../../protocol/viewer_settings.ts";
import { formOf, type PictureForm } from "../picture.ts";

/** How a viewer gets its pictures. */
export interface Delivery {
  /** The maximum rate in pictures a second; `null` for all. */
  fps: number | null;
  /** The form in which they are sent. */
  form: PictureForm;
  /** Whether a picture waits until the last but one is acknowledged. */
  ack: boolean;
  /**
   * The longest message that the viewer can take; `null` for any.
   *
   * @default {null}
   */
  maxLength?: number | null;
  /**
   * Whether it gets only key frames, because the rate it wants is unavailable.
   *
   * @default {false}
   */
  isSparse?: boolean;
}

/** How to send pictures according to settings; in a form of its own, if there is one. */
export function deliveryOf(
  settings: ViewerSettings,
  form: PictureForm | undefined,
  isSparse: boolean,
): Delivery {
  const { fps, ack } = settings;
  const maxLength = asksForNothing(settings, form) ? MAX_TEXT_LENGTH : null;
  return { fps, ack, form: form ?? formOf(settings), maxLength, isSparse };
}

/** Whether it may be a client of the Python service, whose library accepts no long texts. */
export function asksForNothing(settings: ViewerSettings, form: PictureForm | undefined): boolean {
  const isPlain = settings.quality === null && settings.width === null;
  return isPlain && form === undefined && formOf(settings) === "text";
}
