/** Below these numbers are those of real cameras. */
const FIRST_INDEX = 40;
/** The highest number that a virtual camera can have. */
export const LAST_INDEX = 255;

/** A number that is ours for as long as `lock` is open, and the files that go with it. */
export interface Place {
  index: number;
  node: string;
  frames: string;
  lock: Deno.FsFile;
}

/** Takes the first number that nobody has. A lock ends with its process, so none stays taken. */
export function claim(): Place {
  for (let index = FIRST_INDEX; index <= LAST_INDEX; index++) {
    const frames = `/dev/shm/wscam-vcam${index}`;
    const lock = Deno.openSync(`${frames}.lock`, { create: true, write: true });
    const place = { index, node: `/dev/video${index}`, frames, lock };
    if (lock.tryLockSync(true)) {
      // Frames without a lock are what a killed test left behind; a node alone is not ours.
      if (remove(frames)) remove(place.node);
      remove(faultFile(place));
      if (makeNode(place.node, index)) return place;
    }
    lock.close();
  }
  throw new Error(
    `Cannot start a virtual camera: /dev/video${FIRST_INDEX} to ${LAST_INDEX} are taken`,
  );
}

/** The lock file stays: without it, two could hold locks on files of the same name. */
export function free(place: Place): void {
  remove(place.node);
  remove(faultFile(place));
  remove(place.frames);
  place.lock.close();
}

/** The file in which a word makes it fail. */
export function faultFile({ frames }: Place): string {
  return `${frames}.fault`;
}

/** Makes a node for a video device; `false` where that isn't allowed. */
export function makeNode(path: string, minor: number): boolean {
  // 81 is the major number of video4linux.
  const args = ["-m", "666", path, "c", "81", String(minor)];
  return new Deno.Command("mknod", { args, stdout: "null", stderr: "null" }).outputSync().success;
}

function remove(path: string): boolean {
  try {
    Deno.removeSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
