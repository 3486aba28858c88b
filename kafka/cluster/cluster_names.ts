/**
 * Names on the cluster: the prefix before the log's own, so that many floors share one cluster.
 *
 * @module
 */

/** Topics of Kafka itself. */
const INTERNAL_TOPICS: ReadonlySet<string> = new Set([
  "__consumer_offsets",
  "__transaction_state",
  "__share_group_state",
  "__cluster_metadata",
]);

/** Puts a prefix before names, and takes it away. */
export class ClusterNames {
  readonly #prefix: string;

  /** @param prefix may be empty */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The topic's name on the cluster. */
  topic(logical: string): string {
    return this.#prefix + logical;
  }

  /** The group's name on the cluster. */
  group(logical: string): string {
    return this.#prefix + logical;
  }

  /** The topic's name in the log; null when it is none of this log's. */
  logicalTopic(physical: string): string | null {
    return INTERNAL_TOPICS.has(physical) ? null : this.#without(physical);
  }

  /** The group's name in the log; null when it is none of this log's. */
  logicalGroup(physical: string): string | null {
    return this.#without(physical);
  }

  #without(physical: string): string | null {
    return physical.startsWith(this.#prefix) ? physical.slice(this.#prefix.length) : null;
  }
}
