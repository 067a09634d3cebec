import type { Option } from "../../config/options/option.ts";
import { choicesOf, COMPLETABLE, type Completable, FIRST_WORDS, type Word } from "./words.ts";

/** The script for zsh, to be sourced, or kept as _wscam in a folder of $fpath. */
export function zshScript(): string {
  return `#compdef wscam
# zsh completion for wscam
_wscam() {
  local -a commands
  commands=(
${FIRST_WORDS.map((word) => `    ${described(word)}`).join("\n")}
  )
  local command=serve
  if (( CURRENT > 2 )); then
    case $words[2] in
      ${
    COMPLETABLE.map(({ name }) => name).join("|")
  }) command=$words[2]; shift words; (( CURRENT-- )) ;;
      help) _describe -t commands command commands; return ;;
    esac
  elif [[ $words[2] != -* ]]; then
    _describe -t commands command commands
    return
  fi
  case $command in
${COMPLETABLE.map(commandCase).join("\n")}
  esac
}
if [[ $funcstack[1] == _wscam ]]; then
  _wscam "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
  compdef _wscam wscam
fi
`;
}

function commandCase({ name, words, takesFiles, options }: Completable): string {
  const specs = [
    ...options.map(spec),
    "'--help[show how to use it]'",
    ...(takesFiles ? ["'*:file:_files'"] : []),
    ...(words.length > 0 ? [`'1:${name}:(${words.map(({ word }) => word).join(" ")})'`] : []),
  ];
  return `    ${name})\n      _arguments ${
    specs.map((each) => `\\\n        ${each}`).join(" ")
  } ;;`;
}

/** An option as _arguments wants it. */
function spec(option: Option): string {
  const { name, short, value, repeat, help } = option;
  const star = repeat ? "*" : "";
  const what = `[${help.replaceAll(/[\[\]]/g, "\\$&")}]`;
  const tail = value === undefined ? "" : `:${value.replaceAll(":", " ")}:${actionFor(option)}`;
  const long = `--${name}${value === undefined ? "" : "="}`;
  if (short === undefined) return quoted(`${star}${long}${what}${tail}`);
  const both = repeat ? "'*'" : quoted(`(-${short} --${name})`);
  return `${both}{-${short},${long}}${quoted(`${what}${tail}`)}`;
}

/** The values of an option: files, a fixed set of words, or anything. */
function actionFor(option: Option): string {
  const choices = choicesOf(option);
  const words = `(${choices.join(" ")})`;
  if (option.path === "folder") return "_files -/";
  if (option.path === undefined) return choices.length > 0 ? words : " ";
  if (choices.length === 0) return "_files";
  return `{_alternative "words\\:word\\:${words}" "files\\:file\\:_files"}`;
}

function described({ word, text }: Word): string {
  return quoted(`${word}:${text}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
