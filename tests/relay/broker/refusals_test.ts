import { assertEquals, assertMatch } from "@std/assert";
import { errors, type NatsConnection } from "@nats-io/nats-core/internal";
import { Refusals } from "../../../lib/relay/broker/refusals.ts";
import { createFakeLog } from "../fake_broker.ts";

type Status = { type: "staleConnection" } | { type: "error"; error: Error };

function setUp(): { refusals: Refusals; lines: string[]; changes: () => number } {
  const { lines, log } = createFakeLog();
  let changes = 0;
  const refusals = new Refusals({ name: "nats://pi:4222", log, onRefused: () => changes++ });
  return { refusals, lines, changes: () => changes };
}

/** A connection that reported these errors and has ended. */
function connection(...statuses: Status[]): NatsConnection {
  const fake: Pick<NatsConnection, "status"> = {
    async *status() {
      for (const status of statuses) yield await Promise.resolve(status) as never;
    },
  };
  return fake as NatsConnection;
}

function forbidden(operation: "publish" | "subscription", subject: string): Status {
  const text = `permissions violation for ${operation} to "${subject}"`;
  const error = new errors.PermissionViolationError(text, operation, subject);
  return { type: "error", error };
}

Deno.test("Refusals says once what is forbidden, and forgets it with the connection", async () => {
  const { refusals, lines, changes } = setUp();
  const violation = forbidden("publish", "wscam.a.want");
  const listening = forbidden("subscription", "wscam.a.frame");
  assertEquals(await refusals.watch(connection(violation, violation, listening)), undefined);
  assertEquals([refusals.has("wscam.a.want"), refusals.has("wscam.b.want")], [true, false]);
  assertEquals([lines.length, changes()], [2, 2]);
  assertMatch(
    lines[0] ?? "",
    /^nats:\/\/pi:4222 does not allow this user to publish on wscam.a.want: /,
  );
  assertMatch(lines[1] ?? "", /listen to wscam.a.frame/);
  await refusals.watch(connection());
  assertEquals(refusals.has("wscam.a.want"), false);
});

Deno.test("Refusals.watch() resolves to why the connection has ended", async () => {
  const { refusals } = setUp();
  const stale: Status = { type: "staleConnection" };
  const slow: Status = { type: "error", error: new Error("slow consumer") };
  const identity: Status = { type: "error", error: new errors.AuthorizationError("violation") };
  const reasons: [Status[], string | undefined][] = [
    [[], undefined],
    [[stale], "stale connection"],
    [[slow], "slow consumer"],
    [[slow, stale], "stale connection"],
    // So it comes when a user's password was changed.
    [[identity, stale], "violation"],
  ];
  for (const [statuses, reason] of reasons) {
    assertEquals((await refusals.watch(connection(...statuses)))?.message, reason);
  }
});
