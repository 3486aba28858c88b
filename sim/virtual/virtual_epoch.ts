/**
 * When virtual time begins: the same instant for every run, since stamps are part of its digest.
 *
 * @module
 */

/** The New York open of Monday, 2 March 2026: 9:30 there, 14:30 UTC. */
export const VIRTUAL_EPOCH = "2026-03-02T14:30:00.000Z";
