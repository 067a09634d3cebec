/** A client that trusts one authority. */
export interface TrustingClient extends Disposable {
  /** Opens a WebSocket. */
  socket(url: string): Promise<TrustingSocket>;
  /** The name in the certificate that a port of loopback shows. */
  nameAt(port: number): Promise<string | undefined>;
}

/** A WebSocket of {@linkcode TrustingClient}. */
export interface TrustingSocket {
  /** Sends a text and waits for the next message. */
  ask(text: string): Promise<string>;
  /** The code that it was closed with. */
  readonly closed: Promise<number>;
}

/** Makes a client that trusts the authority of a file. */
export async function openTrusting(authority: string): Promise<TrustingClient> {
  const client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(authority)] });
  return {
    async socket(url) {
      const socket = new WebSocket(url, { client });
      const closed = Promise.withResolvers<number>();
      const opened = Promise.withResolvers<void>();
      socket.onopen = () => opened.resolve();
      socket.onerror = () => opened.reject(new Error(`Cannot connect to ${url}`));
      socket.onclose = ({ code }) => closed.resolve(code);
      await opened.promise;
      return {
        closed: closed.promise,
        ask: (text) =>
          new Promise((resolve) => {
            socket.onmessage = ({ data }) => resolve(data);
            socket.send(text);
          }),
      };
    },
    async nameAt(port) {
      const args = ["s_client", "-connect", `127.0.0.1:${port}`, "-CAfile", authority];
      const command = new Deno.Command("openssl", { args, stdin: "null", stderr: "null" });
      const text = new TextDecoder().decode((await command.output()).stdout);
      return text.match(/^subject=CN = (.*)$/m)?.[1];
    },
    [Symbol.dispose]: () => client.close(),
  };
}
