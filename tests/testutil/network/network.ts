/** Two machines with a router between them, each a namespace of Linux: a network that can be cut. */
export interface TestNetwork extends AsyncDisposable {
  /** The address of the server's machine. */
  readonly address: string;
  /** The first words of a command that runs a program on the server's machine. */
  readonly onServer: readonly string[];
  /** The same for the client's machine. */
  readonly onClient: readonly string[];
  /** From now on nothing gets through, and neither machine notices. */
  cut(): Promise<void>;
  /** Everything gets through again. */
  join(): Promise<void>;
}

const NETWORK = "10.213";

/** Says why there can be no such network here; `undefined` if there can. */
export function networkProblem(): string | undefined {
  if (Deno.build.os !== "linux") return "networks that can be cut need Linux";
  if (Deno.uid() !== 0) return "networks that can be cut need root";
  const probe =
    "ip link add name near type veth peer name far && echo 1 >/proc/sys/net/ipv4/ip_forward";
  try {
    const args = ["--net", "sh", "-c", probe];
    const { success } = new Deno.Command("unshare", { args, stdout: "null", stderr: "null" })
      .outputSync();
    return success ? undefined : "networks that can be cut need namespaces";
  } catch {
    return "unshare is not installed";
  }
}

/** Makes a network of its own; other programs of this machine don't see it. */
export async function startNetwork(): Promise<TestNetwork> {
  const id = crypto.randomUUID().slice(0, 8);
  const [server, router, client] = ["s", "r", "c"].map((name) => `wscam-${id}-${name}`);
  const made: string[] = [];
  for (const name of [server, router, client]) {
    await ip("netns", "add", String(name));
    made.push(String(name));
  }
  const inside = (name = "", ...args: string[]) => ip("-n", name, ...args);
  for (const [i, name = ""] of [server, client].entries()) {
    // Names of devices are short, and those of one end are made in the other's namespace.
    const peer = ["peer", "name", "net0", "netns", name];
    await inside(router, "link", "add", `net${i}`, "type", "veth", ...peer);
    await inside(router, "addr", "add", `${NETWORK}.${i}.1/24`, "dev", `net${i}`);
    await inside(name, "addr", "add", `${NETWORK}.${i}.2/24`, "dev", "net0");
    for (const device of ["net0", "lo"]) await inside(name, "link", "set", device, "up");
    await inside(router, "link", "set", `net${i}`, "up");
    await inside(name, "route", "add", "default", "via", `${NETWORK}.${i}.1`);
  }
  const forward = (value: 0 | 1) =>
    ip(
      ...["netns", "exec", String(router), "sh", "-c"],
      `echo ${value} >/proc/sys/net/ipv4/ip_forward`,
    );
  await forward(1);
  return {
    address: `${NETWORK}.0.2`,
    onServer: ["ip", "netns", "exec", String(server)],
    onClient: ["ip", "netns", "exec", String(client)],
    cut: () => forward(0),
    join: () => forward(1),
    async [Symbol.asyncDispose]() {
      for (const name of made) await ip("netns", "delete", name);
    },
  };
}

async function ip(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ip", { args, stdin: "null" }).output();
  if (success) return;
  throw new Error(`ip ${args.join(" ")} failed: ${new TextDecoder().decode(stderr).trim()}`);
}
