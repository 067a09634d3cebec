/** A size in cells of a terminal. */
export interface Cells {
  /** Cells side by side. */
  readonly columns: number;
  /** Cells on top of each other. */
  readonly rows: number;
}

/** The place of a picture on the screen. */
export interface Place extends Cells {
  /** Free columns at its left. */
  readonly left: number;
  /** Free rows above it. */
  readonly top: number;
}

/**
 * The centre of an area, as large as a picture fits there undistorted. A cell is assumed to be
 * twice as high as wide, since terminals don't tell.
 */
export function fit(picture: { width: number; height: number }, area: Cells): Place {
  const scale = Math.min(area.columns / picture.width, 2 * area.rows / picture.height);
  const columns = within(picture.width * scale, area.columns);
  const rows = within(picture.height * scale / 2, area.rows);
  return {
    columns,
    rows,
    left: (area.columns - columns) >> 1,
    top: (area.rows - rows) >> 1,
  };
}

function within(size: number, most: number): number {
  return Math.max(1, Math.min(most, Math.round(size)));
}
