/**
 * How topics as they exist differ from topics as they are wanted.
 *
 * @module
 */

import type { TopicDrift, TopicSettings } from "./event_log.ts";

export type { TopicDrift } from "./event_log.ts";

/**
 * The differences of each wanted topic. Topics that exist and are not wanted are nobody's business.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findTopicDrift } from "./topic_drift.ts";
 * import { topicSettings } from "./topics.ts";
 * const wanted = topicSettings();
 * assert.deepEqual(findTopicDrift(wanted, wanted), []);
 * assert.equal(findTopicDrift(wanted, []).length, wanted.length);
 * ```
 */
export function findTopicDrift(
  wanted: readonly TopicSettings[],
  found: readonly TopicSettings[],
): readonly TopicDrift[] {
  const byName = new Map(found.map((topic) => [topic.name, topic]));
  return wanted.flatMap((topic): TopicDrift[] => {
    const existing = byName.get(topic.name);
    if (existing === undefined) {
      return [{ topic: topic.name, kind: "missing", difference: "does not exist" }];
    }
    return describeDifferences(topic, existing).map((difference) => ({
      topic: topic.name,
      kind: "different",
      difference,
    }));
  });
}

/** What is otherwise in `found` than in `wanted`, in words. */
export function describeDifferences(wanted: TopicSettings, found: TopicSettings): string[] {
  const differences: string[] = [];
  if (found.partitions !== wanted.partitions) {
    differences.push(`has ${found.partitions} partitions instead of ${wanted.partitions}`);
  }
  if (found.cleanup !== wanted.cleanup) {
    differences.push(`has cleanup policy ${found.cleanup} instead of ${wanted.cleanup}`);
  }
  if (found.retentionMs !== wanted.retentionMs) {
    const is = found.retentionMs === null ? "without end" : `of ${found.retentionMs} ms`;
    const wish = wanted.retentionMs === null ? "without end" : `${wanted.retentionMs} ms`;
    differences.push(`has retention ${is} instead of ${wish}`);
  }
  if (found.timestampType !== wanted.timestampType) {
    differences.push(`is stamped by ${found.timestampType} instead of ${wanted.timestampType}`);
  }
  return differences;
}
