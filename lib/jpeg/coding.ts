import { HuffmanTable } from "./huffman_table.ts";
import { HUFFMAN_TABLES } from "./huffman_tables.ts";

/**
 * A component of a scan: how many of its blocks are in a unit, and the tables of their
 * coefficients.
 */
export interface ScanComponent {
  /** Blocks of 8x8 in one unit (MCU). */
  readonly blocks: number;
  /** Of the first coefficient. */
  readonly dc: HuffmanTable;
  /** Of the other 63. */
  readonly ac: HuffmanTable;
  /** Several codes at once: {@linkcode HuffmanTable.runs}. */
  readonly runs: Uint16Array;
}

/** How a picture's pixels are coded, as far as is needed to find their end. */
export interface Coding {
  /** The offset of the scan's data. */
  readonly at: number;
  /** In the order of each unit. */
  readonly components: readonly ScanComponent[];
  /** The number of units (MCU). */
  readonly units: number;
  /** A restart marker follows this many units; 0 for none. */
  readonly interval: number;
}

interface FrameComponent {
  id: number;
  across: number;
  down: number;
}

interface FrameHeader {
  width: number;
  height: number;
  components: FrameComponent[];
}

/**
 * Markers of ITU-T T.81, table B.1. Of the frames, only the sequential ones with Huffman coding.
 */
const DHT = 0xc4;
const SOF0 = 0xc0;
const SOF1 = 0xc1;
const SOS = 0xda;
const DRI = 0xdd;
const BLOCK = 8;

/**
 * Reads how a picture is coded, from SOI to its first scan (T.81, B.2).
 *
 * @returns `undefined` for other codings: progressive, arithmetic, several scans
 */
export function readCoding(jpeg: Uint8Array): Coding | undefined {
  const tables = new Map<number, HuffmanTable>();
  let frame: FrameHeader | undefined;
  let interval = 0;
  for (let at = 2; at + 4 <= jpeg.length;) {
    if (jpeg[at + 1] === 0xff) {
      at++;
      continue;
    }
    const end = at + 2 + word(jpeg, at + 2);
    const body = jpeg.subarray(at + 4, end);
    const marker = jpeg[at + 1];
    if (marker === DHT) readTables(body, tables);
    else if (marker === SOF0 || marker === SOF1) frame = readFrame(body);
    else if (marker === DRI) interval = word(body, 0);
    else if (marker === SOS) {
      // As in wholeJpeg(): missing tables mean the usual ones.
      if (tables.size === 0) readTables(HUFFMAN_TABLES.subarray(4), tables);
      return frame && readScan(body, { frame, tables, interval, at: end });
    }
    at = end;
  }
  return undefined;
}

function readTables(body: Uint8Array, tables: Map<number, HuffmanTable>): void {
  for (let at = 0; at + 17 <= body.length;) {
    const size = body.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0);
    tables.set(body[at] ?? 0, tableOf(body.subarray(at + 1, at + 17 + size)));
    at += 17 + size;
  }
}

/**
 * A camera sends the same tables with each picture, and building them takes as long as reading half
 * of its codes.
 */
const known = new Map<string, HuffmanTable>();
const MAX_KNOWN = 32;

function tableOf(bytes: Uint8Array): HuffmanTable {
  const key = String.fromCharCode(...bytes);
  const found = known.get(key);
  if (found !== undefined) return found;
  const table = new HuffmanTable(bytes.slice(0, 16), bytes.slice(16));
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, table);
  return table;
}

function readFrame(body: Uint8Array): FrameHeader {
  const components = Array.from({ length: body[5] ?? 0 }, (_, i) => {
    const [id = 0, factors = 0] = body.subarray(6 + 3 * i);
    return { id, across: factors >> 4, down: factors & 15 };
  });
  return { height: word(body, 1), width: word(body, 3), components };
}

function readScan(
  body: Uint8Array,
  { frame, tables, interval, at }: {
    frame: FrameHeader;
    tables: ReadonlyMap<number, HuffmanTable>;
    interval: number;
    at: number;
  },
): Coding | undefined {
  const { width, height, components: all } = frame;
  const count = body[0] ?? 0;
  const components: ScanComponent[] = [];
  for (let i = 0; i < count; i++) {
    const [id = 0, numbers = 0] = body.subarray(1 + 2 * i);
    const component = all.find((each) => each.id === id);
    const dc = tables.get(numbers >> 4);
    const ac = tables.get(0x10 | numbers & 15);
    if (!component || !dc || !ac) return undefined;
    // If it is alone in a scan, a component has units of one block (A.2.2).
    const blocks = count === 1 ? 1 : component.across * component.down;
    components.push({ blocks, dc, ac, runs: ac.runs });
  }
  const across = count === 1 ? 1 : Math.max(...all.map((each) => each.across));
  const down = count === 1 ? 1 : Math.max(...all.map((each) => each.down));
  const units = Math.ceil(width / (BLOCK * across)) * Math.ceil(height / (BLOCK * down));
  const isAll = count === all.length && components.every(({ blocks }) => blocks > 0);
  return isAll && units > 0 ? { at, components, units, interval } : undefined;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) << 8 | (bytes[at + 1] ?? 0);
}
