/** The folder where tests keep results that take long to make. */
export function cacheDir(): string {
  const home = Deno.env.get("HOME") ?? "/tmp";
  return `${Deno.env.get("XDG_CACHE_HOME") || `${home}/.cache`}/wscam-tests`;
}
