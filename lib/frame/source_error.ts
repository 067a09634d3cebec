/** Why a source gives no frames; `message` follows the camera's name: "was unplugged". */
export class SourceError extends Error {
  /** Tells it from other errors. */
  override readonly name = "SourceError";
}
