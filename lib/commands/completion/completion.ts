import { UsageError } from "../../config/options/usage_error.ts";
import { quote } from "../../protocol/quote.ts";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { powershellScript } from "./powershell.ts";
import { type Shell, SHELLS } from "./words.ts";
import { zshScript } from "./zsh.ts";

const SCRIPTS: Readonly<Record<Shell, () => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};

/**
 * The script by which a shell completes command lines of `wscam`. It contains all words itself:
 * pressing a key runs neither what was typed nor `wscam`.
 *
 * @throws {UsageError} when the shell is unknown
 */
export function completionScript(args: readonly string[]): string {
  const shell = SHELLS.find((shell) => shell === args[0]);
  if (shell !== undefined && args.length === 1) return SCRIPTS[shell]();
  const got = args.length === 0 ? "" : `, got ${quote(args.join(" "))}`;
  throw new UsageError(`'completion' needs the name of a shell: ${SHELLS.join(", ")}${got}`);
}
