import { findH264Encoder } from "../../../ffmpeg/h264_encoders.ts";
import { type Check, messageOf } from "../check.ts";

/** The consequence for viewers if nothing encodes H.264. */
const WITHOUT = "Viewers get only JPEG, which takes about ten times the bytes";

/**
 * Checks which of ffmpeg's encoders makes H.264.
 *
 * @param wanted the name of one, or `auto`
 */
export async function checkH264(ffmpeg: string, wanted: string = "auto"): Promise<Check> {
  const check = { name: "h264" } as const;
  try {
    const encoder = await findH264Encoder(ffmpeg, wanted);
    return { ...check, status: "ok", message: `ffmpeg's ${encoder} encodes H.264` };
  } catch (error) {
    // An encoder requested by name has to be there; the message says what to do.
    const status = wanted === "auto" ? "warn" : "fail";
    return { ...check, status, message: `${WITHOUT}: ${messageOf(error)}` };
  }
}
