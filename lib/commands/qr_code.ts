/**
 * A QR code for a terminal: one line of text for two rows of modules, dark on light whatever the
 * terminal's colours are. None if it is wider than that: a line that wraps can't be scanned.
 */
export async function qrCode(text: string, columns: number = Infinity): Promise<string[]> {
  // Loaded on demand: a server that runs as a service never draws one.
  const { encode } = await import("uqr");
  const { data, size } = encode(text, { ecc: "L", border: 2 });
  if (size > columns) return [];
  const blocks = [" ", "\u2584", "\u2580", "\u2588"];
  const line = (y: number): string => {
    const at = (x: number): number => (data[y]?.[x] ? 2 : 0) + (data[y + 1]?.[x] ? 1 : 0);
    return Array.from({ length: size }, (_, x) => blocks[at(x)]).join("");
  };
  const rows = Array.from({ length: Math.ceil(size / 2) }, (_, i) => line(2 * i));
  return rows.map((row) => `\x1b[30;107m${row}\x1b[0m`);
}
