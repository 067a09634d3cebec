import { Child } from "../../../lib/ffmpeg/child.ts";

/** There is one such device: tests take turns. */
const LOCK = "/tmp/wscam-device.lock";

/** A device that nobody else has open, under two names. */
export interface DeviceNodes extends AsyncDisposable {
  /** Ends with `/dev/video0`. */
  readonly first: string;
  /** Another node for the same device. */
  readonly second: string;
}

/**
 * Makes two nodes in a folder of their own. The device behind them is that of `/dev/full`, which no
 * program keeps open. Needs root, as virtual cameras do.
 */
export async function makeDeviceNodes(): Promise<DeviceNodes> {
  const lock = await Deno.open(LOCK, { create: true, write: true });
  await lock.lock(true);
  const dir = await Deno.makeTempDir({ prefix: "wscam-device-" });
  await Deno.mkdir(`${dir}/dev`);
  const [first, second] = [`${dir}/dev/video0`, `${dir}/dev/other`];
  for (const node of [first, second]) {
    const { success } = await new Deno.Command("mknod", { args: [node, "c", "1", "7"] }).output();
    if (!success) throw new Error(`Cannot make node: mknod failed for ${node}`);
  }
  return {
    first,
    second,
    async [Symbol.asyncDispose]() {
      await Deno.remove(dir, { recursive: true });
      lock.close();
    },
  };
}

/** Starts a program, `sleep`, that has a file open as its descriptor 3. */
export function holdOpen(path: string): Child {
  return new Child("/bin/sh", ["-c", 'exec sleep 60 3<"$1"', "sh", path]);
}
