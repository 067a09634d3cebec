import type { Logger } from "../log.ts";
import type { Cameras } from "../stream/cameras.ts";
import { keepFreedMemory } from "../system/allocator.ts";
import { Sweeper } from "./sockets/sweeper.ts";
import type { ConnectionLimits } from "./sockets/verdict.ts";
import { Viewers } from "./viewers.ts";

/** The viewers and all other connections of a server. */
export interface Connections {
  /** Those who watch. */
  readonly viewers: Viewers;
  /** Ends the connections that nobody uses. */
  readonly sweeper: Sweeper;
  /** Stops tracking them. */
  readonly stopKeeping: () => void;
}

export interface ConnectionsOptions {
  /** Where the server listens. */
  addr: Deno.Addr;
  /** Further viewers get 503. */
  maxClients: number;
  /** As many connections as there are descriptors for. */
  most: number;
  /** Takes what is worth knowing about connections. */
  log: Logger;
  /** Limits of connections. @default {LIMITS} */
  limits?: Partial<ConnectionLimits>;
}

/** Tracks connections, and frees what they used when they are gone. */
export function keepConnections(
  cameras: Cameras,
  { addr, maxClients, most, log, limits }: ConnectionsOptions,
): Connections {
  const freed = keepFreedMemory();
  const onLeave = (): void => freed.giveBackSoon();
  // The start took some that nothing needs any more.
  freed.giveBackSoon();
  const viewers = new Viewers({ maxClients, maxConnections: Math.ceil(most * 0.75), onLeave });
  const sweeper = new Sweeper({ addr, maxConnections: most, log, limits });
  // A camera that is reopened repeatedly frees its buffers repeatedly.
  const stopObserving = cameras.each(({ camera }) => camera.observe(onLeave));
  return {
    viewers,
    sweeper,
    stopKeeping: () => {
      stopObserving();
      sweeper[Symbol.dispose]();
      freed[Symbol.dispose]();
    },
  };
}
