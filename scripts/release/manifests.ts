import { findTarget } from "./targets.ts";

/** The facts of a release that a package manager needs. */
export interface ManifestOptions {
  /** The repository's address. */
  homepage: string;
  /** The program's version. */
  version: string;
  /** SHA-256 in hexadecimal digits, by file name. */
  checksums: ReadonlyMap<string, string>;
}

const SUMMARY = "Webcam on a WebSocket, with a viewer page";

/** The formula for Homebrew. */
export function homebrewFormula(options: ManifestOptions): string {
  const { homepage, version } = options;
  const download = (name: string): string[] => {
    const { address, sum } = fileOf(name, options);
    return [`url "${address}"`, `sha256 "${sum}"`];
  };
  const system = (name: string, prefix: string): string[] => [
    `  on_${name} do`,
    ...["arm", "intel"].flatMap((processor) => [
      `    on_${processor} do`,
      ...download(`${prefix}-${processor === "arm" ? "aarch64" : "x86_64"}`)
        .map((line) => `      ${line}`),
      "    end",
    ]),
    "  end",
  ];
  return [
    "class Wscam < Formula",
    `  desc "${SUMMARY}"`,
    `  homepage "${homepage}"`,
    `  version "${version}"`,
    '  license "MIT"',
    "",
    '  depends_on "ffmpeg"',
    "",
    ...system("macos", "macos"),
    "",
    ...system("linux", "linux"),
    "",
    "  def install",
    '    bin.install Dir["wscam-*"].first => "wscam"',
    "  end",
    "",
    "  test do",
    '    assert_match version.to_s, shell_output("#{bin}/wscam --version")',
    "  end",
    "end",
    "",
  ].join("\n");
}

/** The manifest for Scoop, as JSON. */
export function scoopManifest(options: ManifestOptions): string {
  const { address, sum } = fileOf("windows-x86_64", options);
  const manifest = {
    version: options.version,
    description: SUMMARY,
    homepage: options.homepage,
    license: "MIT",
    suggest: { ffmpeg: "ffmpeg" },
    // The file gets the name after '#/'.
    architecture: { "64bit": { url: `${address}#/wscam.exe`, hash: sum } },
    bin: "wscam.exe",
    checkver: "github",
    autoupdate: {
      architecture: {
        "64bit": { url: address.replaceAll(options.version, "$version") + "#/wscam.exe" },
      },
      hash: { url: "$baseurl/SHA256SUMS" },
    },
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

function fileOf(
  target: string,
  { homepage, version, checksums }: ManifestOptions,
): { address: string; sum: string } {
  const { file } = findTarget(target);
  const sum = checksums.get(file);
  if (sum === undefined) throw new Error(`Cannot describe the release: SHA256SUMS lacks ${file}`);
  return { address: `${homepage}/releases/download/v${version}/${file}`, sum };
}
