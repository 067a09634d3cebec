/** The folder where tests keep results that take long to make. */
export function cacheDir(): string {
  const home = Deno.env.get("HOME") ?? "/tmp";
  const folder = `${Deno.env.get("XDG_CACHE_HOME") || `${home}/.cache`}/wscam-tests`;
  // LD_PRELOAD, which brings in the virtual camera, can't name a path with a space or a colon.
  if (Deno.build.os !== "linux" || !/[\s:]/.test(folder)) return folder;
  return Deno.uid() === 0 ? "/var/cache/wscam-tests" : `/var/tmp/wscam-tests-${Deno.uid()}`;
}
