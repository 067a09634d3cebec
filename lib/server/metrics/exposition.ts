/** A value, with the label that distinguishes it from others of the metric. */
export interface Sample {
  /** Appended to the metric's name, for the parts of a histogram. @default {""} */
  suffix?: string;
  /** Labels and their values. */
  labels: Readonly<Record<string, string>>;
  /** The value. */
  value: number;
}

/** A metric that is computed when it is read. */
export interface Metric {
  /** Named by Prometheus' conventions: base units, `_total` for counters. */
  name: string;
  /** Its meaning. */
  help: string;
  /** Its kind of value. */
  type: "counter" | "gauge" | "histogram";
  /** Its values now. */
  read(): Iterable<Sample>;
}

/** The media type of {@linkcode expositionText}. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Metrics in Prometheus' text format, version 0.0.4. Written by hand: prom-client, the only
 * maintained library, brings a package (tdigest 0.1.3) on which `deno compile` overflows its stack
 * (2.5.7 and 2.9.6).
 */
export function expositionText(metrics: Iterable<Metric>): string {
  const lines: string[] = [];
  for (const { name, help, type, read } of metrics) {
    lines.push(`# HELP ${name} ${help.replace(/[\\\n]/g, escape)}`, `# TYPE ${name} ${type}`);
    for (const { suffix = "", labels, value } of read()) {
      lines.push(`${name}${suffix}${labelText(labels)} ${numberText(value)}`);
    }
  }
  return lines.map((line) => `${line}\n`).join("");
}

function labelText(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels);
  if (pairs.length === 0) return "";
  const text = ([name, value]: [string, string]) =>
    `${name}="${value.replace(/[\\\n"]/g, escape)}"`;
  return `{${pairs.map(text).join(",")}}`;
}

function escape(character: string): string {
  return character === "\n" ? "\\n" : `\\${character}`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
