import { encodeBase64 } from "@std/encoding/base64";
import { promisify } from "node:util";
import { constants, deflate } from "node:zlib";
import type { Pixels } from "./decoder.ts";
import type { Place } from "./fit.ts";

/** The largest piece that a terminal accepts, by the protocol. */
const CHUNK = 4096;
/** Two ids in turn: a picture is deleted once the next one is there, so nothing flickers. */
const IDS = [8765, 8766];

/** Deletes everything drawn, and frees the terminal's memory. */
export const KITTY_END: string = IDS.map(deleteImage).join("");

/** Draws pictures by the protocol of https://sw.kovidgoyal.net/kitty/graphics-protocol. */
export interface Kitty {
  /** Draws a picture over the one before it. */
  draw(pixels: Pixels, place: Place): Promise<string>;
}

/** For a terminal that shows no picture of ours yet. */
export function createKitty(): Kitty {
  let count = 0;
  return {
    async draw({ data, width, height }, { columns, rows, left, top }) {
      const [id = 0, previous = 0] = count++ % 2 === 0 ? IDS : IDS.toReversed();
      const base64 = encodeBase64(await compress(data));
      const keys = [
        // Display it at once, send no reply, leave the cursor in place.
        "a=T,q=2,C=1",
        `i=${id},f=32,o=z,s=${width},v=${height},c=${columns},r=${rows}`,
      ].join(",");
      return `\x1b[${top + 1};${left + 1}H` + inChunks(keys, base64) + deleteImage(previous);
    },
  };
}

/** Only the first piece has the header; each but the last announces more. */
function inChunks(keys: string, base64: string): string {
  let text = "";
  for (let at = 0; at === 0 || at < base64.length; at += CHUNK) {
    const more = at + CHUNK < base64.length ? 1 : 0;
    const head = at === 0 ? `${keys},m=${more}` : `m=${more}`;
    text += `\x1b_G${head};${base64.slice(at, at + CHUNK)}\x1b\\`;
  }
  return text;
}

function deleteImage(id: number): string {
  return `\x1b_Ga=d,d=I,i=${id},q=2\x1b\\`;
}

/** The fastest level: the others take longer than they save on the way to a terminal. */
async function compress(data: Uint8Array): Promise<Uint8Array> {
  return await promisify(deflate)(data, { level: constants.Z_BEST_SPEED });
}
