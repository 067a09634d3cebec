/** A device's path, or a part of it. */
const NODE = /^(?:\.{0,2}\/)?(?:dev\/)?video[ _-]?(\d{1,4})$/i;

/** The path that was meant by a part of it, or one in capitals: `/dev/video0` by `Video 0`. */
export function meantAsNode(text: string): string | undefined {
  const [, number] = text.match(NODE) ?? [];
  const node = `/dev/video${number}`;
  return number === undefined || node === text ? undefined : node;
}
