/** Pixels that no two of are alike, nor any picture like the one before: nothing takes more to encode. */
export function noise(
  { width, height }: { width: number; height: number },
): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(width * height * 4);
  for (let at = 0; at < data.length; at += 65_536) {
    crypto.getRandomValues(data.subarray(at, at + 65_536));
  }
  return data;
}
