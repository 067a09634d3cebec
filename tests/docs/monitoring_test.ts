import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { createLogger } from "../../lib/log.ts";
import { openRelay } from "../../lib/relay/relay.ts";
import { relayReadings } from "../../lib/relay/relay_metrics.ts";
import { createMetrics } from "../../lib/server/metrics/metrics.ts";
import { testWith } from "../testutil/needs.ts";

const DOCS = new URL("../../docs/", import.meta.url);

/** A metric's name in an expression, without the endings of a histogram or a rate. */
const METRIC = /\b(?:wscam|process)_[a-z_]+/g;

Deno.test("docs/grafana.json and docs/alerts.yaml ask for metrics that there are", async () => {
  const known = await (await createMetrics("1.2.3").response([])).text();
  for (const file of ["grafana.json", "alerts.yaml"]) {
    const names = (await Deno.readTextFile(new URL(file, DOCS))).match(METRIC) ?? [];
    assert(names.length > 5);
    for (const name of new Set(names)) {
      const base = name.replace(/_bucket$/, "");
      assert(known.includes(`# TYPE ${base} `), `${file} asks for ${name}`);
    }
  }
});

Deno.test("docs/monitoring.md tells every figure of what goes through NATS, and no other", async () => {
  await using relay = await openRelay({ cameras: [], log: createLogger({ level: "error" }) });
  const known = relayReadings(relay).map(({ name }) => name.replace("wscam_relay_", ""));
  const text = await Deno.readTextFile(new URL("monitoring.md", DOCS));
  const told = text.matchAll(/`(?:wscam_relay_)?([a-z_]+_(?:total|seconds))`/g);
  const names = Array.from(told, ([, name = ""]) => name).filter((name) => !/^wscam_/.test(name));
  assertEquals(names.toSorted(), known.toSorted());
});

testWith(["promtool"], "docs/alerts.yaml is what promtool takes", async () => {
  const { success, stderr } = await new Deno.Command("promtool", {
    args: ["check", "rules", fileURLToPath(new URL("alerts.yaml", DOCS))],
    stdin: "null",
  }).output();
  assertEquals({ success, said: new TextDecoder().decode(stderr) }, { success: true, said: "" });
});
