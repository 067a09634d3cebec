/** The six levels of a channel in the cube of xterm's 256 colours, at 16 and above. */
const LEVELS = [0, 95, 135, 175, 215, 255];
const CUBE = 16;
/** 24 greys from 8 to 238, in steps of 10. */
const GREYS = 232;

/**
 * The nearest of xterm's 256 colours. The first 16 are not used: users can redefine them.
 *
 * @param rgb red, green and blue in 8 bits each, from the highest
 */
export function nearestOf256(rgb: number): number {
  const [red, green, blue] = [rgb >> 16, rgb >> 8 & 0xff, rgb & 0xff];
  const [r, g, b] = [nearestLevel(red), nearestLevel(green), nearestLevel(blue)];
  const step = Math.max(0, Math.min(23, Math.round(((red + green + blue) / 3 - 8) / 10)));
  const grey = 8 + 10 * step;
  const off = (r: number, g: number, b: number): number =>
    (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2;
  const isGreyNearer = off(grey, grey, grey) < off(LEVELS[r] ?? 0, LEVELS[g] ?? 0, LEVELS[b] ?? 0);
  return isGreyNearer ? GREYS + step : CUBE + 36 * r + 6 * g + b;
}

function nearestLevel(value: number): number {
  return value < 48 ? 0 : value < 115 ? 1 : Math.min(5, Math.round((value - 55) / 40));
}
