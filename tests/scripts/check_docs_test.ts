import { assertEquals } from "@std/assert";
import { readComplaints, realComplaints } from "../../scripts/check_docs.ts";
import { temporaryDirectory } from "../testutil/files.ts";

const SOURCE = `/** A thing. */
export class Thing implements Disposable {
  constructor(readonly size: number) {}
  get half(): number {
    return this.size / 2;
  }
  [Symbol.dispose](): void {}
}
export function bare(): void {}
export interface ThingOptions {
  /** In metres. */
  size: number;
}
export interface Bare {
  /** In metres. */
  size: number;
}
`;

Deno.test("readComplaints() reads what deno doc --lint prints", async () => {
  await using folder = await temporaryDirectory();
  const path = `${folder.path}/thing.ts`;
  await Deno.writeTextFile(path, SOURCE);
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", path],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
  }).output();
  const complaints = readComplaints(new TextDecoder().decode(stderr));
  assertEquals(complaints.map(({ line }) => line), [3, 4, 7, 9, 10, 14]);
  const real = realComplaints(complaints, Deno.readTextFileSync);
  assertEquals(
    real.map(({ line }) => line),
    [4, 9, 14],
    "not the constructor, Symbol.dispose or options",
  );
});
