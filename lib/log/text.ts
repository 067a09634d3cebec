/** Characters of one message: what ffmpeg says last, and a list of devices, are shorter. */
const MAX_MESSAGE = 2000;

/** The beginning of a text that is longer than anybody reads: others choose its words, as many as they like. */
export function short(message: string): string {
  if (message.length <= MAX_MESSAGE) return message;
  const more = message.length - MAX_MESSAGE;
  return `${message.slice(0, MAX_MESSAGE)}… (${more} characters more)`;
}

/**
 * Characters by which a text from outside could steer a terminal, turn a line around, or hide in a
 * name: control characters, line separators, and those that are drawn as nothing (Unicode's
 * Default_Ignorable_Code_Point). The ones that join and choose emoji stay.
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

/** Replaces characters that can't be seen by one that can. */
export function printable(text: string): string {
  return text.replace(UNSEEN, (found, joined, chosen) => joined ?? chosen ? found : "\ufffd");
}
