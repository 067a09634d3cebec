import { CONNECT_LIMIT_MS } from "../server/element/link/reconnect.js";

/** Tells, in words, when nobody answers a WebSocket's handshake: runtimes wait for minutes, or for ever. */
export function limitHandshake(socket: WebSocket, onLate: (reason: string) => void): void {
  const reason = `no answer within ${CONNECT_LIMIT_MS / 1000} s`;
  const timer = setTimeout(() => onLate(reason), CONNECT_LIMIT_MS);
  for (const end of ["open", "error", "close"]) {
    socket.addEventListener(end, () => clearTimeout(timer));
  }
}
