import { readdirSync } from "node:fs";
import process from "node:process";
import type { Metric } from "./exposition.ts";

/** The metrics that Prometheus' client libraries report about their process. */
export function processMetrics(version: string): Metric[] {
  const plain = (
    name: string,
    help: string,
    { type = "gauge", read }: { type?: "counter" | "gauge"; read: () => number },
  ): Metric => ({ name, help, type, read: () => [{ labels: {}, value: read() }] });
  const cpuSeconds = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  return [
    {
      name: "wscam_build_info",
      help: "The version, as a label; the value is always 1.",
      type: "gauge",
      read: () => [{ labels: { version }, value: 1 }],
    },
    plain("process_start_time_seconds", "Start time, in seconds since 1970.", {
      read: () => Math.round(performance.timeOrigin) / 1000,
    }),
    plain("process_cpu_seconds_total", "Processor time, in seconds.", {
      type: "counter",
      read: cpuSeconds,
    }),
    plain("process_resident_memory_bytes", "Resident memory, in bytes.", {
      read: () => Deno.memoryUsage().rss,
    }),
    ...(Deno.build.os === "linux"
      ? [plain("process_open_fds", "Open descriptors.", {
        read: () => readdirSync("/proc/self/fd").length,
      })]
      : []),
  ];
}
