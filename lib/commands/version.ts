import project from "../../deno.json" with { type: "json" };

/** The program's version, from the only place that defines it. */
export const VERSION: string = project.version;
