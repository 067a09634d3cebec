import { PYTHON } from "../../../scripts/needs/python.ts";
import { eventually } from "../eventually.ts";

/** A datagram socket as a service manager has one, and what came to it. */
export interface Datagrams extends AsyncDisposable {
  /** The receiver. */
  readonly pid: number;
  /** Each message so far. */
  readonly messages: readonly string[];
}

const PROGRAM = `
import json, socket, sys
address = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind("\\0" + address[1:] if address[0] == "@" else address)
print(json.dumps("listening"), flush=True)
while True:
    print(json.dumps(receiver.recv(65536).decode()), flush=True)
`;

/** Receives datagrams at a path, or at `@` and an abstract name, with the system's Python. */
export async function receiveDatagrams(address: string): Promise<Datagrams> {
  const args = ["-c", PROGRAM, address];
  const child = new Deno.Command(PYTHON, { args, stdin: "null", stdout: "piped" }).spawn();
  let text = "";
  const reading = (async () => {
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) text += part;
  })();
  const lines = (): string[] => text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  await eventually(() => lines().length > 0);
  return {
    pid: child.pid,
    get messages() {
      return lines().slice(1);
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await Promise.all([child.status, reading]);
    },
  };
}
