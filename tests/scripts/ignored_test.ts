import { assertEquals, assertMatch } from "@std/assert";
import { ignoredTests, reportIgnored } from "../../scripts/ignored.ts";
import type { Need } from "../../scripts/needs/need.ts";

const JUNIT = `<testsuite name="./a_test.ts" tests="5">
  <testcase name="a (ignored: nginx is not installed)" time="0.000" line="1">
    <skipped/>
  </testcase>
  <testcase name="b (ignored: nginx is not installed)" time="0.000" line="2">
    <skipped/>
  </testcase>
  <testcase name="c (ignored: booting systemd needs root)" time="0.000" line="3"><skipped/></testcase>
  <testcase name="on Windows &gt; it works" time="0.000" line="4">
    <skipped/>
  </testcase>
  <testcase name="passes (ignored: not at all)" time="0.001" line="5">
  </testcase>
</testsuite>`;

Deno.test("ignoredTests() counts by reason", () => {
  assertEquals(
    ignoredTests(JUNIT),
    new Map([
      ["nginx is not installed", 2],
      ["booting systemd needs root", 1],
      [undefined, 1],
    ]),
  );
});

Deno.test("reportIgnored() says how to get what is missing", () => {
  const nginx: Need = {
    name: "nginx",
    purpose: "a reverse proxy",
    isThere: () => false,
    packages: { debian: ["nginx-light"], brew: "nginx", winget: "nginx" },
  };
  const [head, missing, other, system, ...more] = reportIgnored(ignoredTests(JUNIT), [nginx]);
  assertEquals(head, "Tests that were ignored:");
  assertMatch(missing ?? "", /^ {2}2: nginx is not installed; to get it: \w+ .*nginx/);
  assertEquals(other, "  1: booting systemd needs root");
  assertEquals(system, "  1: they are for another system");
  assertEquals(more, []);
});

Deno.test("reportIgnored() is silent when every test ran", () => {
  assertEquals(reportIgnored(ignoredTests("")), []);
});
