/**
 * Which topics are judged, in which order, and what cannot be judged without them.
 *
 * @module
 */

import type { TopicDescription } from "../../kafka/event_log.ts";
import type { Findings } from "./findings.ts";
import { MAX_AUDITED_OFFSET } from "./memory/columns.ts";
import { JUDGED_TOPICS, readingRank } from "./reading_order.ts";
import { RULE_IDS } from "./verdict.ts";

/** Replaced and compacted, so neither judged record by record nor in the audit log. */
export const UNAUDITED_TOPIC = "snapshots";

/** The topics to be read, those that are judged first. */
export function inReadingOrder(topics: readonly TopicDescription[]): readonly TopicDescription[] {
  return [...topics].sort((a, b) => readingRank(a.name) - readingRank(b.name));
}

/** The end offset of each partition of each topic. */
export function endsOf(
  topics: readonly TopicDescription[],
): ReadonlyMap<string, readonly number[]> {
  return new Map(topics.map(({ name, offsets }) => [name, offsets.map(({ end }) => end)]));
}

/** Without its topics nothing can be judged; without its first records not everything. */
export function undecideWithout(topics: readonly TopicDescription[], findings: Findings): void {
  for (const name of JUDGED_TOPICS) {
    const topic = topics.find((each) => each.name === name);
    const reason = topic === undefined
      ? `there is no topic "${name}"`
      : topic.offsets.some(({ start }) => start > 0)
      ? `the first records of "${name}" are gone`
      : null;
    if (reason === null) continue;
    for (const rule of RULE_IDS) findings.undecide(rule, reason);
  }
}

/** @throws {RangeError} when a partition is longer than the auditor can hold places of */
export function checkLengths(topics: readonly TopicDescription[]): void {
  for (const { name, offsets } of topics) {
    const longest = Math.max(0, ...offsets.map(({ end }) => end));
    if (longest <= MAX_AUDITED_OFFSET) continue;
    throw new RangeError(
      `Cannot audit ${name}: a partition ends at ${longest}, past ${MAX_AUDITED_OFFSET}`,
    );
  }
}
