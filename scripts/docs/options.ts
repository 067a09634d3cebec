/**
 * Writes the tables of docs/options.md from the table of options: `deno task docs`.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { GROUPS, type Option } from "../../lib/config/options/option.ts";
import { type CommandName, OPTIONS, variableOf } from "../../lib/config/options/options.ts";

/** The page with the tables. */
export const PAGE: string = fileURLToPath(new URL("../../docs/options.md", import.meta.url));

const SECTION = /(<!-- begin: (\S+) -->\n).*?(<!-- end -->)/gs;

/**
 * Inserts the generated tables into a page.
 *
 * @param text A page with sections from `<!-- begin: COMMAND -->` to `<!-- end -->`.
 */
export function withOptions(text: string): string {
  return text.replace(SECTION, (_, begin: string, command: string, end: string) => {
    const options = OPTIONS[command as CommandName];
    const tables = command === "serve"
      ? GROUPS.map((group) =>
        `### ${group}\n\n${table(options.filter((it) => it.group === group))}`
      )
      : [table(options, { hasVariables: false })];
    return `${begin}\n${tables.join("\n")}\n${end}`;
  });
}

function table(options: readonly Option[], { hasVariables = true } = {}): string {
  const head = ["option", "default", "meaning", ...(hasVariables ? ["variable"] : [])];
  const rows = options.map((option) => [
    ...describe(option),
    ...(hasVariables ? [`\`${variableOf(option.name)}\``] : []),
  ]);
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`).join(
      "",
    );
}

function describe({ name, short, value, repeat, help }: Option): string[] {
  const [, meaning = "", fallback = ""] = help.match(/^(.*?)(?: \(default:? (.+)\))?$/) ?? [];
  const shown = `${short ? `-${short}, ` : ""}--${name}${value ? ` ${value}` : ""}`;
  return [`\`${shown}\``, fallback, `${meaning}${repeat ? "; may be repeated" : ""}`];
}

if (import.meta.main) {
  await Deno.writeTextFile(PAGE, withOptions(await Deno.readTextFile(PAGE)));
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", PAGE] })
    .output();
  if (!success) Deno.exit(1);
}
