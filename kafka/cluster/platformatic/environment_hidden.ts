/**
 * While the library is loaded there is no environment: a package under it (`debug`) lists all of it,
 * which a worker that may read two variables must not do. It finds nothing that it wants there.
 *
 * @module
 */

import process from "node:process";

/** What was there, to be put back when the library is loaded. */
export const environment = process.env;

process.env = {};
