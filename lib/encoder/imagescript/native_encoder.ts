/**
 * The one import of imagescript's encoder: it loads native code.
 *
 * @module
 */
// @ts-types="./imagescript.d.ts"
import { Image } from "imagescript";

/** imagescript's encoder on our own pixels: a new `Image` would mean a copy for each frame. */
export const encodeJPEG: Image["encodeJPEG"] = Image.prototype.encodeJPEG;
