/**
 * Makes a browser one that has only a ManagedMediaSource, as iPhones have: it opens only for a video that no other
 * device may play, and says by events when it wants more.
 */
(() => {
  const { MediaSource: Own } = globalThis;
  const { createObjectURL } = URL;
  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "src");
  const urls = new Set();

  class ManagedMediaSource extends Own {
    streaming = false;

    constructor() {
      super();
      this.addEventListener("sourceopen", () => this.#want(true), { once: true });
    }

    /** @param {boolean} isWanted */
    #want(isWanted) {
      if (this.readyState !== "open") return;
      this.streaming = isWanted;
      this.dispatchEvent(new Event(isWanted ? "startstreaming" : "endstreaming"));
      globalThis.managed = {
        ...globalThis.managed,
        ...(isWanted ? { started: true } : { ended: true }),
      };
      setTimeout(() => this.#want(!isWanted), 500);
    }
  }

  URL.createObjectURL = (object) => {
    const url = createObjectURL.call(URL, object);
    if (object instanceof ManagedMediaSource) urls.add(url);
    return url;
  };
  Object.defineProperty(HTMLMediaElement.prototype, "src", {
    ...source,
    set(url) {
      // Safari leaves it closed, without a word.
      if (urls.has(url) && !this.disableRemotePlayback) return;
      source.set.call(this, url);
    },
  });
  Object.defineProperty(globalThis, "MediaSource", { value: undefined });
  Object.defineProperty(globalThis, "ManagedMediaSource", { value: ManagedMediaSource });
})();
