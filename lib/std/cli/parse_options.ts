/** The options that `parseArgs` is to know. */
export interface ParseOptions<
  TBoolean extends string = string,
  TString extends string = string,
  TCollect extends TString = TString,
> {
  /**
   * Options without a value; `false` unless given.
   *
   * @default []
   */
  boolean?: readonly TBoolean[];
  /**
   * Options whose value stays a string even if it looks like a number; `_` stands for the
   * positional arguments.
   *
   * @default []
   */
  string?: readonly TString[];
  /**
   * Those of `string` that may be given more than once, and are arrays.
   *
   * @default []
   */
  collect?: readonly TCollect[];
  /**
   * Other names of an option; whichever is given, all are set.
   *
   * @default {}
   */
  alias?: Readonly<Record<string, string | string[]>>;
  /**
   * Called with each option that is none of the above, its name and its value, and with each
   * positional argument alone; what it answers `false` to is left out of the result.
   */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** The result of `parseArgs`; aliases are set as well, without a type of their own. */
export type Args<
  TBoolean extends string = string,
  TString extends string = string,
  TCollect extends TString = TString,
> =
  & { [Key in Exclude<TString, TCollect | "_">]?: string }
  & { [Key in TBoolean]: boolean }
  & { [Key in TCollect]: string[] }
  & {
    /** The positional arguments; numbers where they look like it, unless `_` is a string. */
    _: (string | number)[];
  };
