import type { Bitmap } from "./imagescript/encode_jpeg.ts";

/** An encoder that makes JPEG of pixels within this program, by the name that users give it. */
export type PixelEncoder = "imagescript";

/** The exports of such an encoder's module. */
interface PixelEncoderModule {
  /** Encodes a picture as a JPEG file, off the event loop. */
  encodeJpeg: (bitmap: Bitmap, quality: number) => Promise<Uint8Array<ArrayBuffer>>;
  /** Loads everything that the first call needs. */
  loadEncoder: () => Promise<unknown>;
}

/** All of them. Each is loaded when it is used. */
const MODULES: Readonly<Record<PixelEncoder, () => Promise<PixelEncoderModule>>> = {
  imagescript: () => import("./imagescript/encode_jpeg.ts"),
};

/** The encoder to use unless another one was chosen. */
export const USUAL_PIXEL_ENCODER: PixelEncoder = "imagescript";

/** Their names. */
export const PIXEL_ENCODERS: readonly PixelEncoder[] = Object.keys(MODULES) as PixelEncoder[];

const loaded = new Map<PixelEncoder, PixelEncoderModule>();

/** Whether an encoder is one of these, so that frames have to come as pixels. */
export function takesPixels(encoder: string | undefined): encoder is PixelEncoder {
  return encoder !== undefined && Object.hasOwn(MODULES, encoder);
}

/**
 * Loads an encoder ahead of the first call of {@linkcode encodePixels}.
 *
 * @throws {EncoderError} when it can't be loaded, with what to do
 */
export async function loadPixelEncoder(name: PixelEncoder): Promise<void> {
  const { loadEncoder } = await load(name);
  await loadEncoder();
}

/**
 * Encodes a picture as a JPEG file, off the event loop.
 *
 * @param quality from 0 to 100
 * @throws {EncoderError} when the encoder can't be loaded
 * @throws {Error} when it can't encode this picture
 */
export function encodePixels(
  name: PixelEncoder,
  bitmap: Bitmap,
  quality: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const module = loaded.get(name);
  if (module) return module.encodeJpeg(bitmap, quality);
  return load(name).then(({ encodeJpeg }) => encodeJpeg(bitmap, quality));
}

async function load(name: PixelEncoder): Promise<PixelEncoderModule> {
  const module = await MODULES[name]();
  loaded.set(name, module);
  return module;
}
