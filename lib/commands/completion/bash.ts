import type { Option } from "../../config/options/option.ts";
import { choicesOf, COMPLETABLE, FIRST_WORDS, spellings } from "./words.ts";

/** The script for bash 4 and later; it needs no other package. */
export function bashScript(): string {
  return `# bash completion for wscam
_wscam() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command=serve
  # bash takes --name=value for three words.
  if [[ $cur == = ]]; then cur=
  elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  case \${COMP_WORDS[1]} in
    ${COMPLETABLE.map(({ name }) => name).join("|")}) command=\${COMP_WORDS[1]} ;;
    help) COMPREPLY=($(compgen -W ${
    list(FIRST_WORDS.map(({ word }) => word))
  } -- "$cur")); return ;;
  esac
  case "$command $prev" in
${valueCases().join("\n")}
  esac
  local words= files=
  case $command in
${commandCases().join("\n")}
  esac
  if [[ $COMP_CWORD == 1 ]]; then words="$words ${
    FIRST_WORDS.map(({ word }) => word).join(" ")
  }"; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ $files && $cur != -* ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
  fi
}
complete -F _wscam wscam
`;
}

/** Completes the value of an option. */
function valueCases(): string[] {
  return COMPLETABLE.flatMap(({ name, options }) =>
    options.filter(({ value }) => value !== undefined).map((option) => {
      const pattern = spellings(option).map((spelling) => `"${name} ${spelling}"`).join("|");
      const words = wordsFor(option);
      const files = option.path === undefined ? "" : "compopt -o filenames; ";
      const reply = words === "" ? "" : `mapfile -t COMPREPLY < <(compgen ${words} -- "$cur"); `;
      return `    ${pattern}) ${files}${reply}return ;;`;
    })
  );
}

/** The arguments of compgen for the values. */
function wordsFor(option: Option): string {
  const choices = choicesOf(option);
  const words = choices.length > 0 ? [`-W ${list(choices)}`] : [];
  if (option.path !== undefined) words.push(option.path === "folder" ? "-d" : "-f");
  return words.join(" ");
}

function commandCases(): string[] {
  return COMPLETABLE.map(({ name, words, takesFiles, options }) => {
    const all = [
      ...words.map(({ word }) => word),
      ...options.map(({ name }) => `--${name}`),
      "--help",
    ];
    return `    ${name}) words=${list(all)}${takesFiles ? "; files=yes" : ""} ;;`;
  });
}

function list(words: readonly string[]): string {
  return `"${words.join(" ")}"`;
}
