/**
 * Runs steps at the same time that mostly wait, and reports each as a step. Each has servers and
 * cameras of its own.
 *
 * @param all The steps by name.
 */
export async function together(
  t: Deno.TestContext,
  all: Readonly<Record<string, () => Promise<void>>>,
): Promise<void> {
  const done = await Promise.allSettled(Object.values(all).map((each) => each()));
  for (const [i, name] of Object.keys(all).entries()) {
    const result = done[i];
    await t.step(name, () => {
      if (result?.status === "rejected") throw result.reason;
    });
  }
}
