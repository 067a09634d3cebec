import type { PictureForm } from "../picture.ts";

/** Options of {@linkcode Session}. */
export interface SessionOptions {
  /** The viewer's address: `192.0.2.5:51234`. */
  address: string;
  /** The owner that viewers are counted for; `undefined` for programs of this machine, which aren't. */
  owner?: string | undefined;
  /** The form in which it gets pictures; as its settings say without. */
  form?: PictureForm;
  /** Called when a viewer that asks for nothing is sent smaller pictures, for the camera's are too large. */
  onFit?: (camera: string) => void;
}
