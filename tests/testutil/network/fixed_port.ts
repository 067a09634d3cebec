import { eventually } from "../eventually.ts";

/**
 * A port for a server that goes away and comes back: below those that systems give away, so no other program and no
 * other test is given it while the server is down.
 */
export async function findFixedPort(): Promise<number> {
  return await eventually(() => {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    try {
      using _listener = Deno.listen({ hostname: "127.0.0.1", port });
      return port;
    } catch {
      return undefined;
    }
  });
}
