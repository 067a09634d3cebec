import { MAX_TEXT_LENGTH } from "../../protocol/message.ts";
import type { ViewerSettings } from "../../protocol/viewer_settings.ts";
import { formOf, type PictureForm } from "../picture.ts";

/** How a viewer gets its pictures. */
export interface Delivery {
  /** Pictures a second at most; `null` for all. */
  fps: number | null;
  /** The form in which they are sent. */
  form: PictureForm;
  /** Whether a picture waits until the last but one is acknowledged. */
  ack: boolean;
  /** The longest message that it can take; `null` for any. @default {null} */
  maxLength?: number | null;
  /** Whether it gets key frames alone, for the rate that it wants isn't to be had. @default {false} */
  isSparse?: boolean;
}

/** How pictures are sent by settings; in a form of its own, where there is one. */
export function deliveryOf(
  settings: ViewerSettings,
  form: PictureForm | undefined,
  isSparse: boolean,
): Delivery {
  const { fps, ack } = settings;
  const maxLength = asksForNothing(settings, form) ? MAX_TEXT_LENGTH : null;
  return { fps, ack, form: form ?? formOf(settings), maxLength, isSparse };
}

/** Whether it may be a client of the service before, whose library takes no long texts. */
export function asksForNothing(settings: ViewerSettings, form: PictureForm | undefined): boolean {
  const isPlain = settings.quality === null && settings.width === null;
  return isPlain && form === undefined && formOf(settings) === "text";
}
