import {
  checkOptions,
  type ConnectionOptions,
  DataBuffer,
  errors,
  extractProtocolMessage,
  INFO,
  type Server,
  type ServerInfo,
  type Transport,
} from "@nats-io/nats-core/internal";

const READ_BYTES = 64 * 1024;
/** A server's first line, which lists all servers of its cluster. */
const MAX_INFO = 64 * 1024;

/**
 * The connection under NATS's client. The client's own transport for Node would end the whole
 * process when a server resets a connection that is being given up, since nobody listens to its
 * socket's errors any more; a server that refuses credentials does that.
 *
 * @internal
 */
export class SocketTransport implements Transport {
  /** Its name in the server's list of connections. */
  readonly lang = "wscam";
  /** Of this transport. */
  readonly version = "1";
  /** Why it has ended, unless somebody wanted it to. */
  closeError?: Error;
  readonly #abort = new AbortController();
  readonly #closed = Promise.withResolvers<void | Error>();
  #connection: Deno.Conn | undefined;
  #isEncrypted = false;
  #isConnected = false;
  #isDone = false;
  #first: Uint8Array = new Uint8Array();
  #written: Promise<void> = Promise.resolve();

  /** Whether it is over. */
  get isClosed(): boolean {
    return this.#isDone;
  }

  /** Connects, reads the server's first line, and starts TLS if one of the two wants it. */
  async connect({ hostname, port, tlsName }: Server, options: ConnectionOptions): Promise<void> {
    const { signal } = this.#abort;
    try {
      const connection = await Deno.connect({ hostname, port, signal });
      connection.setNoDelay(true);
      this.#connection = connection;
      this.#throwIfDone();
      const info = await this.#readInfo(connection);
      checkOptions(info, options);
      const { tls_required: isRequired = false, tls_available: isOffered = false } = info;
      if (isRequired || (isOffered && options.tls !== null)) {
        const secure = await Deno.startTls(connection, { hostname: tlsName || hostname });
        this.#connection = secure;
        this.#throwIfDone();
        await secure.handshake();
        this.#isEncrypted = true;
      }
      this.#throwIfDone();
      this.#isConnected = true;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  /** The server's bytes, as they come. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    try {
      yield this.#first;
      while (!this.#isDone) {
        const buffer = new Uint8Array(READ_BYTES);
        const length = await this.#connection?.read(buffer) ?? null;
        if (length === null) break;
        yield buffer.subarray(0, length);
      }
    } catch (error) {
      this.#end(error instanceof Error ? error : undefined);
    } finally {
      // This also happens when the client can't parse the server's data.
      this.#end();
    }
  }

  /** Whether TLS is in use. */
  isEncrypted(): boolean {
    return this.#isEncrypted;
  }

  /** Sends bytes after those already waiting. */
  send(frame: Uint8Array): void {
    this.#written = this.#written.then(() => this.#write(frame));
  }

  /** Closes it once everything is sent, or can't be. */
  async close(error?: Error): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, error || !this.#isConnected ? 0 : 200);
    await Promise.race([this.#written, promise]);
    clearTimeout(timer);
    this.#end(error);
  }

  /** Closes it, and resolves {@linkcode SocketTransport.closed}. */
  disconnect(): void {
    this.#end();
  }

  /** Resolves when an open connection has ended. */
  closed(): Promise<void | Error> {
    return this.#closed.promise;
  }

  /** Closes it without telling anybody. */
  discard(): void {
    this.#isConnected = false;
    this.#end();
  }

  async #readInfo(connection: Deno.Conn): Promise<ServerInfo> {
    let bytes = new Uint8Array();
    while (bytes.length < MAX_INFO) {
      const buffer = new Uint8Array(READ_BYTES);
      const length = await connection.read(buffer);
      if (length === null) break;
      bytes = DataBuffer.concat(bytes, buffer.subarray(0, length)) as Uint8Array<ArrayBuffer>;
      const line = extractProtocolMessage(bytes);
      if (line === "") continue;
      const [, json] = line.match(INFO) ?? [];
      if (json === undefined) break;
      this.#first = bytes;
      return JSON.parse(json);
    }
    throw new errors.ConnectionError("unexpected response from server");
  }

  async #write(frame: Uint8Array): Promise<void> {
    try {
      for (let sent = 0; sent < frame.length && !this.#isDone;) {
        sent += await this.#connection?.write(frame.subarray(sent)) ?? frame.length;
      }
    } catch {
      // The reader is told.
    }
  }

  #throwIfDone(): void {
    if (this.#isDone) throw new errors.ConnectionError("closed while it was opened");
  }

  #end(error?: Error): void {
    if (this.#isDone) return;
    this.#isDone = true;
    if (error) this.closeError = error;
    this.#abort.abort();
    try {
      this.#connection?.close();
    } catch {
      // A failed TLS handshake has closed it.
    }
    if (this.#isConnected) this.#closed.resolve(error);
  }
}
