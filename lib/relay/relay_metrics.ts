import type { Relay } from "./relay.ts";

/** A metric that is computed when it is read. */
export interface RelayReading {
  /** Named by Prometheus' conventions. */
  name: string;
  /** Its description. */
  help: string;
  /** Whether it is a counter, which only grows. */
  isCounter: boolean;
  /** The label that distinguishes its values. */
  label: "camera" | "server";
  /** The values, by their labels. */
  read(): Iterable<readonly [label: string, value: number]>;
}

type Published = Relay["publishers"][number]["counters"];
type Received = ReturnType<Relay["sources"]["values"]> extends Iterable<infer Source>
  ? Source extends { counters: infer Counters } ? Counters : never
  : never;

/** The metrics of the traffic through NATS, for `GET /metrics`. */
export function relayReadings(relay: Relay): RelayReading[] {
  return [...sentReadings(relay), ...receivedReadings(relay), roundTrip(relay)];
}

function sentReadings(relay: Relay): RelayReading[] {
  const read = (field: keyof Published) => () =>
    relay.publishers.map((each) => [each.name, each.counters[field]] as const);
  return [
    counter("published", "Pictures sent to NATS.", read("published")),
    counter("published_bytes", "Bytes of pictures sent to NATS.", read("bytes")),
    counter(
      "replaced",
      "Pictures replaced by a newer one before they were sent to NATS.",
      read("dropped"),
    ),
    counter(
      "oversize",
      "Pictures larger than the NATS server allows ('max_payload').",
      read("oversize"),
    ),
  ];
}

function receivedReadings(relay: Relay): RelayReading[] {
  const read = (...fields: (keyof Received)[]) => () =>
    Array.from(relay.sources, ([camera, { counters }]) => {
      return [camera, fields.reduce((sum, field) => sum + counters[field], 0)] as const;
    });
  return [
    counter("received", "Pictures received from NATS.", read("received")),
    counter("received_bytes", "Bytes of pictures received from NATS.", read("bytes")),
    counter(
      "dropped",
      "Received pictures that were replaced by a newer one, or came too late, twice or out of order.",
      read("dropped", "late", "stale"),
    ),
    counter(
      "broken",
      "Received messages that are not pictures of the current publisher.",
      read("broken", "foreign"),
    ),
  ];
}

function roundTrip(relay: Relay): RelayReading {
  return {
    name: "wscam_relay_round_trip_seconds",
    help: "Round trip to the NATS server, in seconds.",
    isCounter: false,
    label: "server",
    read: () =>
      relay.brokers.map(({ name, roundTripMs }) => [name, roundTripMs.last / 1000] as const)
        .filter(([, seconds]) => Number.isFinite(seconds)),
  };
}

function counter(name: string, help: string, read: RelayReading["read"]): RelayReading {
  return { name: `wscam_relay_${name}_total`, help, isCounter: true, label: "camera", read };
}
