/** Farther behind than this, only a jump helps. */
const JUMP_BEHIND_S = 0.5;
const FAST_BEHIND_S = 0.13;
const SLOW_BEHIND_S = 0.05;
const FAST = 1.15;
const SLOW = 0.97;
/** A longer interval between pictures is not a delay. */
const USUAL_DURATION_S = 1 / 30;
/** After a jump, this much lies ahead. */
const AHEAD_S = 0.06;

/** Safari rebuffers at each change of the rate. */
const CANT_HURRY = /^((?!chrome|android|crios|fxios).)*safari/i.test(navigator.userAgent);

/**
 * Keeps a video at the newest picture: a little faster when it falls behind, slower when it runs
 * out of pictures, with a jump when it is far behind or at a gap.
 *
 * @param {HTMLVideoElement} video
 * @param {number} duration of the newest picture, in seconds
 */
export function followLiveEdge(video, duration) {
  const { buffered, currentTime, seeking } = video;
  const last = buffered.length - 1;
  if (last < 0 || seeking) return;
  const [start, end] = [buffered.start(last), buffered.end(last)];
  const newest = end - Math.max(0, duration - USUAL_DURATION_S);
  const behind = newest - currentTime;
  const jumps = CANT_HURRY ? 2 * FAST_BEHIND_S : JUMP_BEHIND_S;
  if (currentTime < start || behind > jumps || currentTime > end + JUMP_BEHIND_S) {
    video.currentTime = Math.max(start, newest - AHEAD_S);
    video.playbackRate = 1;
  } else if (!CANT_HURRY) {
    video.playbackRate = behind > FAST_BEHIND_S ? FAST : behind < SLOW_BEHIND_S ? SLOW : 1;
  }
}
