/**
 * Outcry's public API: what a scenario, an actor or a client is written with.
 *
 * @module
 */

export { scenario } from "./sim/scenario.ts";
