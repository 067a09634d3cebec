const GAP = 8;
const LEAST_WIDTH = 240;

/**
 * The width of tiles, in pixels: with the number of columns that makes them largest; if they would
 * be too small, the grid scrolls.
 *
 * @param {number} count
 * @param {{ width: number, height: number, ratio: number }} room `ratio` is that of a tile's sides
 */
export function tileWidth(count, { width, height, ratio }) {
  let best = 0;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const across = (width - GAP * (columns - 1)) / columns;
    const down = ratio * (height - GAP * (rows - 1)) / rows;
    best = Math.max(best, Math.min(across, down));
  }
  const fitting = Math.max(1, Math.floor((width + GAP) / (LEAST_WIDTH + GAP)));
  if (best < LEAST_WIDTH) best = (width - GAP * (fitting - 1)) / fitting;
  return Math.floor(best);
}

/**
 * The inner size of an element, without its padding.
 *
 * @param {HTMLElement} box
 */
export function contentSize(box) {
  const { paddingLeft, paddingRight, paddingTop, paddingBottom } = getComputedStyle(box);
  return {
    width: box.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight),
    height: box.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom),
  };
}
