/**
 * The maximum length of a message, in characters: ffmpeg's last words, and lists of devices, are
 * shorter.
 */
const MAX_MESSAGE = 2000;

/**
 * Truncates a text that is too long to be read: others choose its words, and may choose very many.
 */
export function short(message: string): string {
  if (message.length <= MAX_MESSAGE) return message;
  const more = message.length - MAX_MESSAGE;
  return `${message.slice(0, MAX_MESSAGE)}… (${more} characters more)`;
}

/**
 * Characters by which a text from outside could control a terminal, reverse a line, or hide in a
 * name: control characters, line separators, and invisible ones (Unicode's
 * Default_Ignorable_Code_Point). Those that join and select emoji are kept.
 */
const UNSEEN = new RegExp(
  [
    String
      .raw`(?<joined>(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic}))`,
    String.raw`(?<chosen>(?<=[\p{Extended_Pictographic}\d#*])[\ufe0e\ufe0f])`,
    String.raw`[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]`,
  ].join("|"),
  "gu",
);

/** Replaces invisible characters by a visible one. */
export function printable(text: string): string {
  return text.replace(UNSEEN, (found, joined, chosen) => joined ?? chosen ? found : "\ufffd");
}
