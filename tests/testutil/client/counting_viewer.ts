/** A plain client that keeps no picture: it may watch for hours. */
export interface CountingViewer extends AsyncDisposable {
  /** Whether its connection is still the one that it began with. */
  readonly isOpen: boolean;
  /** Pictures so far. */
  readonly images: number;
  /** When the last picture was captured, in milliseconds since 1970. */
  readonly lastCapture: number;
  /** The longest time between two pictures, by their capture, since this was last set to 0. In milliseconds. */
  longestGap: number;
  /** Every `error` message so far. */
  readonly errors: string[];
}

/** Connects, and counts what arrives. */
export async function openCountingViewer(url: string): Promise<CountingViewer> {
  const socket = new WebSocket(url);
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const errors: string[] = [];
  let [images, lastCapture, longestGap] = [0, 0, 0];
  socket.onopen = () => opened.resolve();
  socket.onerror = (event) => {
    event.preventDefault();
    opened.reject(new Error(`Cannot connect to ${url}`));
  };
  socket.onclose = () => closed.resolve();
  socket.onmessage = ({ data }) => {
    const { type, timestamp, message } = JSON.parse(data);
    if (type === "error") {
      errors.push(message);
      return;
    }
    const capture = timestamp * 1000;
    if (images++ > 0) longestGap = Math.max(longestGap, capture - lastCapture);
    lastCapture = capture;
  };
  await opened.promise;
  return {
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    get images() {
      return images;
    },
    get lastCapture() {
      return lastCapture;
    },
    get longestGap() {
      return longestGap;
    },
    set longestGap(value) {
      longestGap = value;
    },
    errors,
    async [Symbol.asyncDispose]() {
      if (socket.readyState <= WebSocket.OPEN) socket.close();
      await closed.promise;
    },
  };
}
