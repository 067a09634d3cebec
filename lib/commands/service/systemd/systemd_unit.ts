import { execLine, quotePath } from "./systemd_quote.ts";

/** The facts of a unit. */
export interface UnitFacts {
  /** The program with its arguments. */
  readonly command: readonly string[];
  /** A file of variables that only root, or the user, can read. */
  readonly environmentFile: string | undefined;
}

/** Further facts about a system unit. */
export interface SystemUnitFacts extends UnitFacts {
  /** Files and folders it reads. */
  readonly reads: readonly string[];
  /** Whether some of them may be readable only by root. */
  readonly readsRoots: boolean;
  /** Whether deno runs it, which needs its downloads. */
  readonly hasDeno: boolean;
  /** Whether it opens cameras of this machine. */
  readonly hasDevices: boolean;
  /** Whether it listens on a port below 1024. */
  readonly hasLowPort: boolean;
  /** Whether it listens on a Unix socket, in {@linkcode RUNTIME_DIR}. */
  readonly hasSocket: boolean;
}

/** The unit's name. */
export const UNIT = "wscam.service";
/** The folder in which a system service may create its Unix socket. */
export const RUNTIME_DIR = "/run/wscam";
/** The folder of deno's downloads for a system service, which only reads it. */
export const DENO_DIR = "/var/lib/wscam";
/** The only folder that a system service may write to; its code is in another. */
export const STATE_DIR = "wscam-state";
/** The file in which a system service keeps what remote control sets. */
export const STATE_FILE = `/var/lib/${STATE_DIR}/state.json`;

/** Folders that are hidden from the service, except for what it needs of them. */
const HIDDEN = /^\/(home|root|run\/user|tmp|var\/tmp)\//;

/** The unit of a system service, with a user of its own and as few rights as possible. */
export function systemUnit(facts: SystemUnitFacts): string {
  const bound = facts.reads.filter((path) => HIDDEN.test(path)).map((path) => `-${path}`);
  return sections({
    // Device rules know the name only once the module is loaded, and a camera may be plugged in
    // later.
    unit: facts.hasDevices
      ? ["Wants=modprobe@videodev.service", "After=modprobe@videodev.service"]
      : [],
    service: [
      ...common(facts),
      "DynamicUser=yes",
      "User=wscam",
      `StateDirectory=${STATE_DIR}`,
      "StateDirectoryMode=0700",
      ...(facts.hasDeno ? [`Environment=DENO_DIR=${DENO_DIR}`] : []),
      ...(facts.hasSocket ? ["RuntimeDirectory=wscam", "# Others may connect", "UMask=0000"] : []),
      ...(bound.length > 0 ? [`BindReadOnlyPaths=${bound.map(quotePath).join(" ")}`] : []),
      ...devices(facts),
      ...capabilities(facts),
      ...SANDBOX,
      ...RESTRICTIONS,
    ],
    wantedBy: "multi-user.target",
  });
}

/** The unit of a user service, with those restrictions that don't need root. */
export function userUnit(facts: UnitFacts): string {
  const service = [...common(facts), ...RESTRICTIONS];
  return sections({ unit: [], service, wantedBy: "default.target" });
}

function sections(
  { unit, service, wantedBy }: {
    unit: readonly string[];
    service: readonly string[];
    wantedBy: string;
  },
): string {
  return [
    "[Unit]",
    "Description=wscam, a webcam on a WebSocket",
    "After=network.target",
    ...unit,
    // Restart however often it fails: the camera may be back next time.
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    ...service,
    "",
    "[Install]",
    `WantedBy=${wantedBy}`,
    "",
  ].join("\n");
}

function common({ command, environmentFile }: UnitFacts): string[] {
  return [
    `ExecStart=${execLine(command)}`,
    ...(environmentFile === undefined ? [] : [`EnvironmentFile=${pathLine(environmentFile)}`]),
    // It reads '--config' again.
    "ExecReload=/bin/kill -HUP $MAINPID",
    "Type=notify",
    "NotifyAccess=main",
    "WatchdogSec=30",
    "WatchdogSignal=SIGTERM",
    "Restart=always",
    "RestartSec=2",
    "TimeoutStopSec=10",
    "KillMode=mixed",
  ];
}

/** A path on a line of its own. */
function pathLine(path: string): string {
  return path.replaceAll("%", "%%");
}

function devices({ hasDevices }: SystemUnitFacts): string[] {
  if (!hasDevices) return ["PrivateDevices=yes"];
  return ["SupplementaryGroups=video", "DevicePolicy=closed", "DeviceAllow=char-video4linux rw"];
}

/**
 * A copy of root's file, as `LoadCredential` makes one, would never be renewed. Instead, the
 * service may read the file where it lies, and the most sensitive other files are hidden from it.
 */
function capabilities({ hasLowPort, readsRoots }: SystemUnitFacts): string[] {
  const needed = [
    ...(hasLowPort ? ["CAP_NET_BIND_SERVICE"] : []),
    ...(readsRoots ? ["CAP_DAC_READ_SEARCH"] : []),
  ].join(" ");
  return [
    `CapabilityBoundingSet=${needed}`,
    `AmbientCapabilities=${needed}`,
    ...(readsRoots ? [`InaccessiblePaths=${NOT_FOR_US.map((path) => `-${path}`).join(" ")}`] : []),
  ];
}

const NOT_FOR_US = ["/etc/shadow", "/etc/gshadow", "/etc/ssh", "/var/backups", "/var/spool"];

const SANDBOX = [
  "ProtectSystem=strict",
  "ProtectHome=tmpfs",
  "PrivateTmp=yes",
  "ProtectClock=yes",
  "ProtectControlGroups=yes",
  "ProtectHostname=yes",
  "ProtectKernelLogs=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelTunables=yes",
  "ProtectProc=invisible",
  "RestrictNamespaces=yes",
  "RemoveIPC=yes",
];

/** No `MemoryDenyWriteExecute`: V8 generates machine code and runs it. */
const RESTRICTIONS = [
  "NoNewPrivileges=yes",
  "LockPersonality=yes",
  "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallFilter=~@privileged @resources",
  "SystemCallErrorNumber=EPERM",
];
