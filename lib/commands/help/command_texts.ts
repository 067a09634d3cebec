import type { CommandName } from "../../config/options/options.ts";
import type { Row } from "./columns.ts";

/** The help texts of a command, besides its options. */
export interface CommandText {
  /** The words after `wscam` on the command line. */
  readonly usage: string;
  /** Its effect, in one sentence. */
  readonly summary: string;
  /** Its arguments besides options. */
  readonly words?: readonly Row[];
  /** Command lines and their effects. */
  readonly examples: readonly Row[];
}

/** The help texts of each command, in the order of the help. */
export const COMMAND_TEXTS: Readonly<Record<CommandName, CommandText>> = {
  serve: {
    usage: "[serve] [options]",
    summary: "serve cameras (the default command)",
    examples: [
      ["wscam", "the first camera, at http://localhost:8765/"],
      ["wscam --camera test", "a moving test picture: needs no camera"],
      ["wscam -c door=rtsp://192.168.1.9/stream -r 1280x720", "a network camera, named 'door'"],
    ],
  },
  cameras: {
    usage: "cameras [options]",
    summary: "list the cameras of this machine, with their modes",
    examples: [
      ["wscam cameras", "names, indexes, sizes and rates"],
      ["wscam cameras --json", "the same for programs"],
      ["wscam cameras --ffmpeg /opt/ffmpeg/bin/ffmpeg", "as another ffmpeg lists them"],
    ],
  },
  watch: {
    usage: "watch [URL] [options]",
    summary: "be a viewer: show rate, age and size of what arrives; save or draw frames",
    words: [["URL", "the server (default ws://localhost:8765), with ?camera=NAME&token=…"]],
    examples: [
      ["wscam watch ws://192.168.1.7:8765", "rate and age of the pictures, once a second"],
      ["wscam watch --show", "draw the pictures in the terminal"],
      ["wscam watch --save shots --count 10", "save ten pictures in the folder 'shots'"],
    ],
  },
  push: {
    usage: "push FILE… [options]",
    summary: "be a camera: push pictures to a server's camera with the source 'push'",
    words: [["FILE", "JPEG pictures, one or many in a row (MJPEG); '-' is stdin"]],
    examples: [
      ["wscam push film.mjpeg -c ai --to ws://192.168.1.7:8765", "ten pictures a second"],
      ["wscam push shot.jpg -c ai --loop --fps 1", "one picture, again and again"],
      ["some-program | wscam push - -c ai", "the newest of what a program writes"],
    ],
  },
  doctor: {
    usage: "doctor [options of serve]",
    summary: "check what 'wscam serve' needs with these options, and say what to do",
    examples: [
      ["wscam doctor", "ffmpeg, every camera, the port and the machine"],
      ["wscam doctor -c 1 -r 1920x1080 -f 30", "whether camera 1 can do that"],
      ["wscam doctor --json", "the same for programs"],
    ],
  },
  config: {
    usage: "config [options of serve]",
    summary: "print the settings of 'wscam serve', and where each value comes from",
    examples: [
      ["wscam config", "what the environment sets, and the defaults"],
      [
        "wscam config --config /etc/wscam.yaml",
        "the same with a file, or its mistakes",
      ],
      ["wscam config -c door=1#fps=5 -r 1280x720", "how each camera would be captured"],
    ],
  },
  service: {
    usage: "service ACTION [--user] [-- options of serve]",
    summary: "start with the machine, and keep running",
    words: [
      ["install", "write the service and start it, replacing an older one"],
      ["uninstall", "stop it and remove it"],
      ["status", "say whether it runs; if so, the exit status is 0"],
      ["print", "show what install would write"],
    ],
    examples: [
      ["sudo wscam service install -- --camera 0", "serve camera 0 after every start"],
      ["wscam service install --user", "as a service of your user (Linux)"],
      ["wscam service status", "whether it runs"],
    ],
  },
  share: {
    usage: "share [options]",
    summary: "print a link for a guest: one camera, for a limited time",
    examples: [
      ["wscam share -c door --token-file token", "a link that shows 'door' for an hour"],
      ["wscam share -c door --token-file token --for 7d", "for a week"],
      ["wscam share -c door --token-file token --url https://cam.lan", "by another address"],
    ],
  },
  completion: {
    usage: "completion SHELL",
    summary: "print a script that makes a shell complete wscam's commands and options",
    words: [["SHELL", "bash, zsh, fish or powershell"]],
    examples: [
      ["source <(wscam completion bash)", "bash, for this shell; in ~/.bashrc for all"],
      ["source <(wscam completion zsh)", "zsh; in ~/.zshrc for all"],
      ["wscam completion fish | source", "fish; in config.fish for all"],
    ],
  },
  man: {
    usage: "man",
    summary: "print the manual page",
    examples: [
      ["wscam man | man -l -", "read it"],
      ["wscam man > /usr/local/share/man/man1/wscam.1", "keep it for 'man wscam'"],
      ["wscam help serve", "the help of one command, without a pager"],
    ],
  },
};
