/**
 * The notes of one release: the section of the changelog for its version.
 *
 * @param changelog In the format of Keep a Changelog.
 * @param version As `1.2.3`.
 * @throws {Error} If the changelog has no entries for this version.
 */
export function releaseNotes(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => {
    const [title = ""] = text.split("\n");
    return title.replace(/^\[|\].*$| .*$/g, "") === version;
  });
  const notes = section?.slice(section.indexOf("\n")).replace(/^\[[^\]]+\]: .*$/gm, "").trim();
  if (notes) return `${notes}\n`;
  throw new Error(`Cannot release: CHANGELOG.md must say what is new under '## ${version}'`);
}
