import { assertEquals, assertMatch } from "@std/assert";
import { Seats } from "../../lib/server/seats.ts";

/** The number of seats that an address gets before it is refused. */
function fill(seats: Seats, address: (index: number) => string, most = 1000): number {
  for (let i = 0; i < most; i++) {
    if (seats.refusal(address(i)) !== undefined) return i;
    seats.take(address(i));
  }
  return most;
}

Deno.test("Seats gives one address half of all, and others the rest", () => {
  const seats = new Seats({ maxClients: 100, maxConnections: 1000 });
  assertEquals(fill(seats, (i) => `192.0.2.5:${i}`), 50);
  assertEquals(
    seats.refusal("192.0.2.5:9"),
    "Already 50 viewers are connected from your address, its share of 100",
  );
  assertEquals(fill(seats, (i) => `192.0.2.${6 + i}:1`), 50);
  assertEquals(
    seats.refusal("198.51.100.1:9"),
    "Already 100 viewers are connected, which is the limit ('--max-clients')",
  );
  assertEquals(seats.size, 100);
});

Deno.test("Seats gives one address ten, and never more than there are", () => {
  const few = new Seats({ maxClients: 12, maxConnections: 1000 });
  assertEquals(fill(few, (i) => `192.0.2.5:${i}`), 10);
  const fewer = new Seats({ maxClients: 2, maxConnections: 1000 });
  assertEquals(fill(fewer, (i) => `192.0.2.5:${i}`), 2);
  assertMatch(fewer.refusal("192.0.2.5:9") ?? "", /'--max-clients'/);
});

Deno.test("Seats gives local programs, and a proxy, as many as there are", () => {
  for (const host of ["127.0.0.1", "127.1.2.3", "[::1]"]) {
    const seats = new Seats({ maxClients: 100, maxConnections: 1000 });
    assertEquals(fill(seats, (i) => `${host}:${i}`), 100);
  }
  assertEquals(fill(new Seats({ maxClients: 100, maxConnections: 99 }), () => "unix"), 99);
});

Deno.test("Seats takes an IPv6 network for one address", () => {
  const seats = new Seats({ maxClients: 100, maxConnections: 1000 });
  assertEquals(fill(seats, (i) => `[2001:db8:1:2:${i.toString(16)}::5]:1`), 50);
  assertMatch(seats.refusal("[2001:db8:1:2::7]:1") ?? "", /from your address/);
  assertEquals(seats.refusal("[2001:db8:1:3::7]:1"), undefined);
  assertEquals(seats.refusal("[2001:db8::7]:1"), undefined);
});

Deno.test("Seats names the limit for open files where that is the lower one", () => {
  const seats = new Seats({ maxClients: 1000, maxConnections: 12 });
  assertEquals(fill(seats, (i) => `127.0.0.1:${i}`), 12);
  assertMatch(seats.refusal("127.0.0.1:1") ?? "", /^Already 12 .*'ulimit -n'/);
});

Deno.test("Seats.take() gives a seat back once", () => {
  const seats = new Seats({ maxClients: 10, maxConnections: 1000 });
  const [stand] = Array.from({ length: 10 }, (_, i) => seats.take(`192.0.2.5:${i}`));
  assertEquals(seats.refusal("192.0.2.5:9") === undefined, false);
  stand?.();
  stand?.();
  assertEquals(seats.size, 9);
  assertEquals(fill(seats, (i) => `192.0.2.5:${i}`), 1);
});
