import type { RelaySpec } from "../camera/source_kinds.ts";
import type { Logger } from "../log.ts";
import type { BrokerAddress } from "../protocol/relay_url.ts";
import type { ServedCamera } from "../stream/served_camera.ts";
import { AnnotationRelay } from "./annotation_relay.ts";
import { Broker } from "./broker/broker.ts";
import { CameraPublisher, type Publisher } from "./publish/camera_publisher.ts";
import { Directory } from "./directory.ts";
import { newId } from "./broker/messages.ts";
import { RelaySource } from "./relay_source.ts";

export interface RelayOptions {
  /** The cameras of other machines. */
  cameras: readonly RelaySpec[];
  /** A credentials file, for servers whose address names no user. */
  creds?: string | undefined;
  /** Receives changes. */
  log: Logger;
}

/**
 * Connects to NATS in the background, for all cameras that come from it.
 *
 * @throws {Error} when the credentials can't be used
 */
export async function openRelay({ creds, ...options }: RelayOptions): Promise<Relay> {
  if (creds !== undefined) {
    const { readCredentials } = await import("./broker/credentials.ts");
    await readCredentials(creds);
  }
  return new Relay({ creds, ...options });
}

/** Everything that goes through NATS: one connection for each server and user. */
export class Relay implements AsyncDisposable {
  readonly #options: RelayOptions;
  #wanted: readonly RelaySpec[];
  readonly #brokers = new Map<string, Broker>();
  readonly #directories = new Map<Broker, Directory>();
  readonly #publishers = new Set<CameraPublisher>();
  readonly #self: Publisher = { instance: newId(), since: Date.now(), host: Deno.hostname() };
  readonly #sources = new Map<RelaySource, { name: string; stop: () => void }>();

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#wanted = options.cameras;
    for (const { broker } of options.cameras) this.directory(broker);
  }

  /** Sets the cameras that come from other machines. */
  want(cameras: readonly RelaySpec[]): void {
    this.#wanted = cameras;
    for (const { broker } of cameras) {
      const names = this.#namesOn(broker);
      this.directory(broker).widen(names.includes("*") ? undefined : names);
    }
  }

  /** Closes connections that are no longer needed. */
  async releaseUnused(publish: BrokerAddress | undefined): Promise<void> {
    const addresses = [...this.#wanted.map(({ broker }) => broker), publish ?? []].flat();
    const keys = new Set(addresses.map(keyOf));
    const unused = [...this.#brokers].filter(([key]) => !keys.has(key));
    for (const [key, broker] of unused) {
      this.#brokers.delete(key);
      this.#directories.get(broker)?.[Symbol.dispose]();
      this.#directories.delete(broker);
    }
    await Promise.all(unused.map(([, broker]) => broker.close()));
  }

  /** The connections. */
  get brokers(): readonly Broker[] {
    return [...this.#brokers.values()];
  }

  /** The publishers of our cameras. */
  get publishers(): readonly CameraPublisher[] {
    return [...this.#publishers];
  }

  /** The sources that read cameras of other machines, by our names for those. */
  get sources(): ReadonlyMap<string, RelaySource> {
    return new Map(Array.from(this.#sources, ([source, { name }]) => [name, source]));
  }

  /** The publishers on a server. */
  directory(address: BrokerAddress): Directory {
    const broker = this.#broker(address);
    const known = this.#directories.get(broker);
    if (known) return known;
    const cameras = this.#namesOn(address);
    const { log } = this.#options;
    const directory = new Directory(broker, cameras.includes("*") ? { log } : { log, cameras });
    this.#directories.set(broker, directory);
    return directory;
  }

  /**
   * Opens a camera of another machine, which we call `name`; `onRecovery` is called when it may
   * work again.
   */
  source(
    { broker, camera }: RelaySpec,
    { name, onRecovery }: { name: string; onRecovery: () => void },
  ): RelaySource {
    const options = { broker: this.#broker(broker), directory: this.directory(broker) };
    const source = new RelaySource(camera, options);
    this.#sources.set(source, { name, stop: source.observeRecovery(onRecovery) });
    return source;
  }

  /** Stops offering a camera of another machine. */
  forget(source: RelaySource): void {
    this.#sources.get(source)?.stop();
    this.#sources.delete(source);
  }

  /**
   * Publishes a camera, until the returned function is called.
   *
   * @throws {RangeError} when its name can't be used on a broker
   */
  publish(address: BrokerAddress, served: ServedCamera): () => void {
    const { log } = this.#options;
    const publisher = this.#self;
    const published = new CameraPublisher(this.#broker(address), served, { publisher, log });
    this.#publishers.add(published);
    const stopAnnotations = this.annotate(served, { broker: address, camera: served.name });
    return () => {
      stopAnnotations();
      this.#publishers.delete(published);
      void published.close();
    };
  }

  /**
   * Shares annotations of a camera with all servers that show it, until the returned function is
   * called.
   */
  annotate({ annotations }: ServedCamera, { broker, camera }: Omit<RelaySpec, "kind">): () => void {
    const shared = new AnnotationRelay(this.#broker(broker), camera, annotations);
    return () => shared[Symbol.dispose]();
  }

  /** Whether a publisher is one of ours. */
  isOwn(instance: string | undefined): boolean {
    return instance === this.#self.instance;
  }

  /** Announces that our cameras are gone, and closes the connections. */
  async close(): Promise<void> {
    for (const directory of this.#directories.values()) directory[Symbol.dispose]();
    await Promise.all(this.publishers.map((publisher) => publisher.close()));
    await Promise.all(this.brokers.map((broker) => broker.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #namesOn(address: BrokerAddress): string[] {
    return this.#wanted.filter(({ broker }) => keyOf(broker) === keyOf(address))
      .map(({ camera }) => camera);
  }

  #broker(address: BrokerAddress): Broker {
    const key = keyOf(address);
    const known = this.#brokers.get(key);
    if (known) return known;
    const { creds, log } = this.#options;
    const broker = new Broker(address, { log, creds });
    this.#brokers.set(key, broker);
    return broker;
  }
}

function keyOf({ shown, user, password }: BrokerAddress): string {
  return JSON.stringify([shown, user, password]);
}
