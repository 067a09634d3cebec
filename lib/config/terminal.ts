/** Ways to draw pictures in a terminal; `auto` finds out which one works. */
export const GRAPHICS = ["auto", "blocks", "kitty", "iterm"] as const;

/** One of {@linkcode GRAPHICS}. */
export type GraphicsChoice = typeof GRAPHICS[number];

/** The abilities of a terminal. */
export interface Terminal {
  /** Half blocks, or one of two picture protocols. */
  readonly graphics: Exclude<GraphicsChoice, "auto">;
  /** How it is told a text's colours: as 24 bits, or as one of 256. */
  readonly colours: "24 bits" | "256";
}

/**
 * Finds out what the terminal can draw from its environment variables. The terminal itself is not
 * queried: the answer would come on stdin, late, or never.
 *
 * @param env environment variables by name
 */
export function detectTerminal(
  env: (name: string) => string | undefined,
  choice: GraphicsChoice = "auto",
): Terminal {
  const graphics = choice === "auto" ? detectGraphics(env) : choice;
  return { graphics, colours: hasTrueColour(env) ? "24 bits" : "256" };
}

function detectGraphics(env: (name: string) => string | undefined): Terminal["graphics"] {
  const term = env("TERM") ?? "";
  // These multiplexers keep a text-only copy of the screen, whatever terminal is around them.
  const isMultiplexed = ["TMUX", "STY", "ZELLIJ"].some((name) => env(name)) ||
    /^(screen|tmux)/.test(term);
  if (isMultiplexed) return "blocks";
  // A program started from another terminal inherits that one's other variables.
  switch (env("TERM_PROGRAM")) {
    // WezTerm supports both; this protocol takes the JPEG as it is.
    case "iTerm.app":
    case "WezTerm":
      return "iterm";
    case "ghostty":
      return "kitty";
    case undefined:
    case "":
      break;
    default:
      return "blocks";
  }
  if (/^xterm-(kitty|ghostty)$/.test(term) || env("KITTY_WINDOW_ID")) return "kitty";
  // The one variable that iTerm2 passes on through ssh.
  return env("LC_TERMINAL") === "iTerm2" ? "iterm" : "blocks";
}

function hasTrueColour(env: (name: string) => string | undefined): boolean {
  if (/^(truecolor|24bit)$/i.test(env("COLORTERM") ?? "")) return true;
  // ssh drops COLORTERM and keeps TERM. Windows Terminal only identifies itself.
  return /-direct$|^xterm-(kitty|ghostty)$|^alacritty$|^wezterm$/.test(env("TERM") ?? "") ||
    Boolean(env("WT_SESSION"));
}
