import { assertEquals, assertThrows } from "@std/assert";
import { OPTIONS, variableOf } from "../../../lib/config/options/options.ts";
import { named, readOptions } from "../../../lib/config/options/read_options.ts";
import { UsageError } from "../../../lib/config/options/usage_error.ts";

const asIs = (text: string): string => text;

Deno.test("readOptions() gives the fallback when nothing is given", () => {
  const { value, values, isOn, rest } = readOptions("serve", []);
  assertEquals(value("port", "none", asIs), "none");
  assertEquals(values("camera", (texts) => [...texts]), []);
  assertEquals(isOn("always-on"), false);
  assertEquals(rest, []);
});

Deno.test("readOptions() gives all values of an option that may be repeated, in order", () => {
  const { values } = readOptions("serve", ["-c", "b", "--camera=a", "-c", "b"]);
  assertEquals(values("camera", (texts) => [...texts]), ["b", "a", "b"]);
});

Deno.test("readOptions() takes a value that is attached to a letter", async (t) => {
  for (const arg of ["-ctest", "-c=test", "-ca=b", "-c=a=b", "-cpf", "-c-", "-c日本=0"]) {
    await t.step(arg, () => {
      const { values } = readOptions("serve", [arg]);
      assertEquals(values("camera", (texts) => [...texts]), [arg.slice(2).replace(/^=/, "")]);
    });
  }
  assertEquals(readOptions("watch", ["--", "-x"], { maxRest: 1 }).rest, ["-x"]);
});

Deno.test("readOptions() does not repeat what stands where a secret should", async (t) => {
  for (const args of [["--token", "-sesame"], ["--token", "--sesame=1"]]) {
    await t.step(args.join(" "), () => {
      const error = assertThrows(() => readOptions("serve", args), UsageError, "'--token' needs");
      assertEquals(error.message.includes("sesame"), false);
    });
  }
  assertEquals(readOptions("serve", ["--token=-sesame"]).value("token", "", asIs), "-sesame");
});

Deno.test("readOptions() goes by a switch's last word", async (t) => {
  const cases = [
    ["--always-on=no --always-on", true],
    ["--always-on --always-on=no", false],
    ["--always-on=no --always-on=1", true],
    ["--always-on false", false],
    ["--always-on=no --always-on true", true],
  ] as const;
  for (const [line, expected] of cases) {
    await t.step(line, () => {
      assertEquals(readOptions("serve", line.split(" ")).isOn("always-on"), expected);
    });
  }
});

Deno.test("readOptions() takes no option for the value of another one", async (t) => {
  const lines = [
    "--fps --port 80",
    "--fps --port=80",
    "--fps -p 80",
    "--fps -- 5",
    "--fps",
    "--fps=",
  ];
  for (const line of lines) {
    await t.step(line, () => {
      assertThrows(
        () => readOptions("serve", line.split(" "), { maxRest: 1 }),
        UsageError,
        "'--fps' needs a value",
      );
    });
  }
});

Deno.test("readOptions() asks the environment only for what isn't given", () => {
  const asked: string[] = [];
  const env = (name: string): string => {
    asked.push(name);
    return "7";
  };
  const { value } = readOptions("serve", ["-p", "1"], { env });
  assertEquals(value("port", "", asIs), "1");
  assertEquals(asked, []);
  assertEquals(value("max-clients", "", asIs), "7");
  assertEquals([...new Set(asked)], ["WSCAM_MAX_CLIENTS"]);
});

Deno.test("readOptions() allows as many other arguments as it is told", () => {
  assertEquals(readOptions("watch", ["a", "--json"], { maxRest: 1 }).rest, ["a"]);
  assertEquals(readOptions("watch", ["007"], { maxRest: 1 }).rest, ["007"], "as it was typed");
  assertThrows(() => readOptions("watch", ["a", "b"], { maxRest: 1 }), UsageError, "'b'");
});

Deno.test("named() makes a UsageError of a RangeError only", () => {
  const cause = new RangeError("must be small");
  const error = assertThrows(() =>
    named("--size", () => {
      throw cause;
    }), UsageError);
  assertEquals([error.message, error.cause], ["'--size' must be small", cause]);
  assertThrows(() =>
    named("--size", () => {
      throw new TypeError("a bug");
    }), TypeError);
  assertEquals(named("--size", () => 5), 5);
});

Deno.test("variableOf() is the option in capitals", () => {
  assertEquals(variableOf("max-clients"), "WSCAM_MAX_CLIENTS");
  assertEquals(variableOf("fps"), "WSCAM_FPS");
});

Deno.test("OPTIONS have each name and letter once", () => {
  for (const options of Object.values(OPTIONS)) {
    const names = options.flatMap(({ name, short }) =>
      short === undefined ? [name] : [name, short]
    );
    assertEquals(new Set(names).size, names.length);
  }
});
