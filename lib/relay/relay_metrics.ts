import { Counter, Gauge, type Registry } from "prom-client";
import type { Relay } from "./relay.ts";

/** A count of cameras that go through NATS, by camera. */
interface Reading {
  name: string;
  help: string;
  /** Names and counts. */
  read(relay: Relay): Iterable<readonly [camera: string, count: number]>;
}

const READINGS: readonly Reading[] = [
  published("wscam_relay_published_total", "Pictures sent to NATS.", "published"),
  published("wscam_relay_published_bytes_total", "Bytes of pictures sent to NATS.", "bytes"),
  published(
    "wscam_relay_replaced_total",
    "Pictures that gave way to a newer one before they were sent to NATS.",
    "dropped",
  ),
  published(
    "wscam_relay_oversize_total",
    "Pictures larger than the server takes ('max_payload').",
    "oversize",
  ),
  received("wscam_relay_received_total", "Pictures received from NATS.", ["received"]),
  received("wscam_relay_received_bytes_total", "Bytes of pictures received from NATS.", ["bytes"]),
  received(
    "wscam_relay_dropped_total",
    "Pictures received that a newer one replaced, or that came too late, twice or out of order.",
    ["dropped", "late", "stale"],
  ),
  received(
    "wscam_relay_broken_total",
    "Messages received that are no pictures of the publisher that is followed.",
    ["broken", "foreign"],
  ),
];

/** Adds what goes through NATS to what `GET /metrics` tells. */
export function addRelayMetrics(registry: Registry, relay: Relay): void {
  const registers = [registry];
  for (const { name, help, read } of READINGS) {
    new Counter({
      ...{ name, help, registers, labelNames: ["camera"] },
      collect() {
        this.reset();
        for (const [camera, count] of read(relay)) this.inc({ camera }, count);
      },
    });
  }
  new Gauge({
    ...{ name: "wscam_relay_round_trip_seconds", help: "To the NATS server and back.", registers },
    labelNames: ["server"],
    collect() {
      this.reset();
      for (const { name, roundTripMs } of relay.brokers) {
        if (Number.isFinite(roundTripMs.last)) this.set({ server: name }, roundTripMs.last / 1000);
      }
    },
  });
}

type Published = Relay["publishers"][number]["counters"];
type Received = ReturnType<Relay["sources"]["values"]> extends Iterable<infer Source>
  ? Source extends { counters: infer Counters } ? Counters : never
  : never;

function published(name: string, help: string, field: keyof Published): Reading {
  return {
    ...{ name, help },
    read: ({ publishers }) => publishers.map((each) => [each.name, each.counters[field]]),
  };
}

function received(name: string, help: string, fields: readonly (keyof Received)[]): Reading {
  return {
    ...{ name, help },
    read: ({ sources }) =>
      Array.from(sources, ([camera, { counters }]) => {
        return [camera, fields.reduce((sum, field) => sum + counters[field], 0)];
      }),
  };
}
