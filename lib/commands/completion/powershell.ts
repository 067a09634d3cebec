import { choicesOf, COMPLETABLE, FIRST_WORDS, spellings, type Word } from "./words.ts";

/** The script for PowerShell 5 and later. */
export function powershellScript(): string {
  return `# PowerShell completion for wscam
Register-ArgumentCompleter -Native -CommandName 'wscam' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $first = @{
${FIRST_WORDS.map(entry).join("\n")}
  }
  $options = @{
${
    COMPLETABLE.map(({ name, words, options }) =>
      `    '${name}' = @{\n${
        [...words, ...options.map(({ name, help }) => ({ word: `--${name}`, text: help }))].map(
          entry,
        )
          .join("\n")
      }\n    }`
    ).join("\n")
  }
  }
  $values = @{
${values().join("\n")}
  }
  $typed = @($commandAst.CommandElements | ForEach-Object { $_.ToString() })
  $before = @($typed | Where-Object { $_ -ne $wordToComplete })
  $command = 'serve'
  if ($before.Count -gt 1 -and $options.ContainsKey($before[1])) { $command = $before[1] }
  $last = $before[-1]
  $found = @{}
  if ($values.ContainsKey("$command $last")) {
    foreach ($value in $values["$command $last"]) { $found[$value] = $value }
  } else {
    foreach ($word in $options[$command].Keys) { $found[$word] = $options[$command][$word] }
    if ($before.Count -eq 1) { foreach ($word in $first.Keys) { $found[$word] = $first[$word] } }
  }
  $found.Keys | Where-Object { $_ -like "$wordToComplete*" } | Sort-Object | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $found[$_])
  }
}
`;
}

function values(): string[] {
  return COMPLETABLE.flatMap(({ name, options }) =>
    options.filter((option) => choicesOf(option).length > 0).flatMap((option) =>
      spellings(option).filter((spelling) => spelling.startsWith("--")).map((spelling) =>
        `    '${name} ${spelling}' = @(${choicesOf(option).map(quoted).join(", ")})`
      )
    )
  );
}

function entry({ word, text }: Word): string {
  return `    ${quoted(word)} = ${quoted(text)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
