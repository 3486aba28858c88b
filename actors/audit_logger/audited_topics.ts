/**
 * Which topics the audit logger writes down.
 *
 * @module
 */

import { TOPIC_NAMES, type TopicName } from "../../kafka/topics.ts";

/**
 * Every topic but `snapshots`. Snapshots are derived: they follow from the records that are written
 * down, and whoever doubts one folds again. And they are compacted: which of them are still there
 * depends on when the log was cleaned, so no chain over them could be checked against the log later.
 */
export const AUDITED_TOPICS: readonly TopicName[] = TOPIC_NAMES.filter((name) =>
  name !== "snapshots"
);
