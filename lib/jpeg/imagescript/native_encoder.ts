/**
 * The only import of imagescript's encoder, which loads native code.
 *
 * @module
 */
// @ts-types="./imagescript.d.ts"
import { Image } from "imagescript";

/** imagescript's encoder on our own pixels: a new `Image` would copy each frame. */
export const encodeJPEG: Image["encodeJPEG"] = Image.prototype.encodeJPEG;
