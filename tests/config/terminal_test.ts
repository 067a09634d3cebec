import { assertEquals } from "@std/assert";
import { detectTerminal, type Terminal } from "../../lib/config/terminal.ts";

Deno.test("detectTerminal() tells terminals by what they say of themselves", async (t) => {
  const cases: [string, Record<string, string>, Terminal["graphics"], Terminal["colours"]][] = [
    ["nothing", {}, "blocks", "256"],
    ["xterm", { TERM: "xterm-256color" }, "blocks", "256"],
    ["GNOME Terminal", { TERM: "xterm-256color", COLORTERM: "truecolor" }, "blocks", "24 bits"],
    ["24bit", { TERM: "xterm", COLORTERM: "24bit" }, "blocks", "24 bits"],
    ["Apple's", { TERM: "xterm-256color", TERM_PROGRAM: "Apple_Terminal" }, "blocks", "256"],
    ["Windows Terminal", { WT_SESSION: "f00d" }, "blocks", "24 bits"],
    ["Alacritty through ssh", { TERM: "alacritty" }, "blocks", "24 bits"],
    ["kitty", { TERM: "xterm-kitty", KITTY_WINDOW_ID: "1" }, "kitty", "24 bits"],
    ["kitty with another TERM", { TERM: "xterm-256color", KITTY_WINDOW_ID: "1" }, "kitty", "256"],
    ["kitty through ssh", { TERM: "xterm-kitty" }, "kitty", "24 bits"],
    ["Ghostty", { TERM: "xterm-256color", TERM_PROGRAM: "ghostty" }, "kitty", "256"],
    ["iTerm2", { TERM_PROGRAM: "iTerm.app", COLORTERM: "truecolor" }, "iterm", "24 bits"],
    ["iTerm2 through ssh", { TERM: "xterm-256color", LC_TERMINAL: "iTerm2" }, "iterm", "256"],
    ["WezTerm", { TERM_PROGRAM: "WezTerm", COLORTERM: "truecolor" }, "iterm", "24 bits"],
    [
      "VS Code started from kitty",
      { TERM_PROGRAM: "vscode", KITTY_WINDOW_ID: "1", COLORTERM: "truecolor" },
      "blocks",
      "24 bits",
    ],
    [
      "tmux in kitty",
      { TERM: "tmux-256color", TMUX: "/tmp/x,1,0", KITTY_WINDOW_ID: "1", COLORTERM: "truecolor" },
      "blocks",
      "24 bits",
    ],
    ["tmux through ssh", { TERM: "tmux-256color", LC_TERMINAL: "iTerm2" }, "blocks", "256"],
    [
      "screen in iTerm2",
      { TERM: "screen", STY: "1.x", TERM_PROGRAM: "iTerm.app" },
      "blocks",
      "256",
    ],
    ["Zellij in kitty", { ZELLIJ: "0", TERM: "xterm-kitty" }, "blocks", "24 bits"],
  ];
  for (const [name, env, graphics, colours] of cases) {
    await t.step(name, () => {
      assertEquals(detectTerminal((variable) => env[variable]), { graphics, colours });
    });
  }
});

Deno.test("detectTerminal() takes the user's word for the graphics", () => {
  const env = (name: string) => ({ TERM: "tmux", COLORTERM: "truecolor" })[name];
  for (const graphics of ["blocks", "kitty", "iterm"] as const) {
    assertEquals(detectTerminal(env, graphics), { graphics, colours: "24 bits" });
  }
  assertEquals(detectTerminal(env, "auto").graphics, "blocks");
});
