/**
 * Kafka's requests name each topic once.
 *
 * @module
 */

/** The entries of each topic, in order of their first. */
export function byTopic<Entry extends { readonly topic: string }>(
  entries: readonly Entry[],
): readonly (readonly [topic: string, entries: readonly Entry[]])[] {
  return [...Map.groupBy(entries, ({ topic }) => topic)];
}
