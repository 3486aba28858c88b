/**
 * What worlds reach: situations in which bugs of such a floor have always hidden. An explorer that never
 * sees one has said nothing about it.
 *
 * @module
 */

/** Every situation that is looked for, and what it means. */
export const REACHED = {
  "crash-between-publish-and-commit":
    "a consumer ended after outputs were acknowledged and before their inputs were committed",
  "crash-in-publish": "an actor ended while a publish was under way: stored or not, nobody knows",
  "crash-in-commit": "a consumer ended while a commit was under way",
  "crash-in-recovery": "a consumer ended before it had brought a partition's state back",
  "crash-in-snapshot": "a consumer ended while a snapshot was being written",
  "killed-thrice-at-one-place": "a partition was recovered three times and never got further",
  "zombie": "an incarnation was given up and went on living",
  "zombie-published-after-replacement":
    "a zombie published when its replacement had been started already",
  "hang-replaced": "an actor that did not answer was given up",
  "two-serve-one-partition": "two incarnations had one partition open at the same time",
  "repeat-stored": "an output stands in the log more than once",
  "repeat-dropped": "a high-water mark dropped an output that had come before",
  "rebalance-in-mid-batch": "a partition was taken away with outputs published and not committed",
  "commit-refused": "a commit was refused: the group had gone on to another generation",
  "recovered-from-nothing": "a state was folded again from the first record",
  "snapshot-behind-commit": "a snapshot lay behind the committed offset: folded on silently",
  "snapshot-ahead-of-commit": "a snapshot lay ahead of the committed offset: records skipped",
  "torn-snapshot-passed-over": "a snapshot that was not whole was passed over",
  "dead-letter": "bytes that are no message became a dead letter",
  "poison-mark": "a record on which a fold threw twice was marked and skipped",
  "lost-acknowledgement": "a publish was stored and rejected",
  "late-acknowledgement": "a publish was stored and acknowledged late",
  "duplicate-delivery": "a batch was delivered once more",
  "redelivery": "reading went back to records of before",
  "log-unavailable": "the log was out of reach",
  "log-full": "the log could not store anything",
  "clock-jump": "a producer's clock was wrong",
  "producer-came-back": "a producer published again as a new incarnation",
  "instance-joined": "an instance joined in mid-session",
  "instance-left": "an instance left in mid-session",
  "trade": "two orders met",
  "resend-answered": "a resend got the first answer once more",
  "id-conflict": "an id came again with another body",
  "stale-id": "an id came again whose answer had been forgotten",
  "id-space-exhausted": "a user had no room for another id",
  "rate-limited": "an order was above its user's rate",
  "funds-ran-out": "an order was more than its user had",
  "late-settlement": "an order was filled though its cancel had been accepted already",
  "cancel-too-late": "a cancel found its order gone",
} as const satisfies Readonly<Record<string, string>>;

/** The name of a situation. */
export type ReachedName = keyof typeof REACHED;

/** All names, in the table's order. */
export const REACHED_NAMES = Object.keys(REACHED) as readonly ReachedName[];

/** How often each was reached; those that were not are left out. */
export type ReachedCounts = Readonly<Partial<Record<ReachedName, number>>>;

/** Counts. */
export class Reached {
  readonly #counts = new Map<ReachedName, number>();

  add(name: ReachedName, times = 1): void {
    if (times > 0) this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
  }

  addAll(counts: ReachedCounts): void {
    for (const name of REACHED_NAMES) this.add(name, counts[name] ?? 0);
  }

  /** In the table's order. */
  counts(): ReachedCounts {
    return Object.fromEntries(
      REACHED_NAMES.flatMap((name) => {
        const count = this.#counts.get(name);
        return count === undefined ? [] : [[name, count]];
      }),
    );
  }

  /** Those never seen. */
  never(): readonly ReachedName[] {
    return REACHED_NAMES.filter((name) => !this.#counts.has(name));
  }
}
