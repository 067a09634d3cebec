/** The subjects of a camera's messages. */
export interface CameraSubjects {
  /** Pictures. */
  readonly frame: string;
  /** Edges that have viewers. */
  readonly want: string;
  /** Its publisher's announcements. */
  readonly status: string;
}

/** The announcements of every camera. */
export const EVERY_STATUS = "wscam.*.status";

/** A subject has to fit into a line of 4 KiB. */
const MAX_TOKEN = 1000;
/**
 * The subject for annotations of a camera's pictures. If a broker does not allow it, pictures come
 * all the same.
 */
export function annotationSubject(camera: string): string {
  return subjectsOf(camera).status.replace(/status$/, "annotation");
}

const STATUS = /^wscam\.([^.]+)\.status$/;

/**
 * The subjects of a camera. Anything but an ASCII letter, a digit, `-` or `_` is escaped as in URLs
 * (`front%20door`), since a subject must not contain a space, dot or wildcard in a name.
 *
 * @throws {RangeError} when the name is empty or too long
 */
export function subjectsOf(camera: string): CameraSubjects {
  const token = tokenOf(camera);
  if (token === "" || token.length > MAX_TOKEN) {
    throw new RangeError(
      `Cannot relay camera: its name must have 1 to ${MAX_TOKEN} letters as in a URL, got ${token.length}`,
    );
  }
  return {
    frame: `wscam.${token}.frame`,
    want: `wscam.${token}.want`,
    status: `wscam.${token}.status`,
  };
}

/** The camera whose announcements use a subject; `undefined` if there is none. */
export function cameraOfStatus(subject: string): string | undefined {
  const [, token = ""] = subject.match(STATUS) ?? [];
  if (token === "" || token.length > MAX_TOKEN) return undefined;
  try {
    const camera = decodeURIComponent(token);
    // Two spellings of one name would be two cameras of that name.
    return tokenOf(camera) === token ? camera : undefined;
  } catch {
    return undefined;
  }
}

function tokenOf(camera: string): string {
  return encodeURIComponent(camera.toWellFormed()).replace(
    /[.!~*'()]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
