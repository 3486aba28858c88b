/**
 * The version of Outcry.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };

/** As in `deno.json`. */
export const OUTCRY_VERSION: string = config.version;
