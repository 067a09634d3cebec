import { type Mode } from "../../../lib/ffmpeg/mode/modes.ts";

export function mode(format: string, size: string, ...fps: number[]): Mode {
  const [width = 0, height = 0] = size.split("x").map(Number);
  return { format, width, height, fps };
}
