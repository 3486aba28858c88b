/**
 * The order in which topics are read.
 *
 * @module
 */

/**
 * What the rules are told must come in this order: each topic is judged by tables that the ones before
 * it filled.
 */
export const JUDGED_TOPICS = [
  "dead-letters",
  "intents",
  "orders",
  "notifications",
  "market-data",
  "order-commands",
] as const;

const RANKS: ReadonlyMap<string, number> = new Map(JUDGED_TOPICS.map((name, rank) => [name, rank]));

/** The how-manieth a topic is read; those that are not judged come last. */
export function readingRank(topic: string): number {
  return RANKS.get(topic) ?? JUDGED_TOPICS.length;
}
