/**
 * What a topic and a name may look like: Kafka's own rules, so that a floor that runs on the embedded
 * log runs on Kafka.
 *
 * @module
 */

import { EventLogError, type TopicSettings } from "./event_log.ts";

/** Partitions of one topic. */
export const MAX_PARTITIONS_PER_TOPIC = 1_024;

/** The longest name of a topic, a group or a member: Kafka's own limit for topics. */
export const MAX_NAME_LENGTH = 249;

const TOPIC_NAME = /^[a-zA-Z0-9._-]+$/;

/** @throws {EventLogError} `invalid-topic`, naming the setting */
export function checkTopicSettings(topic: TopicSettings): void {
  const wrong = whatIsWrong(topic);
  if (wrong === null) return;
  throw new EventLogError("invalid-topic", `Cannot create topic "${topic.name}": ${wrong}`);
}

function whatIsWrong(topic: TopicSettings): string | null {
  const { name, partitions, retentionMs } = topic;
  if (!TOPIC_NAME.test(name) || name === "." || name === "..") {
    return "a name has letters, digits, dots, underscores and hyphens";
  }
  if (name.length > MAX_NAME_LENGTH) return `the name has more than ${MAX_NAME_LENGTH} characters`;
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > MAX_PARTITIONS_PER_TOPIC) {
    return `it may have 1 to ${MAX_PARTITIONS_PER_TOPIC} partitions, not ${partitions}`;
  }
  if (topic.cleanup === "delete") {
    if (retentionMs === null || !Number.isSafeInteger(retentionMs) || retentionMs < 0) {
      return `cleanup policy delete needs a retention in whole milliseconds, not ${retentionMs}`;
    }
  } else if (retentionMs !== null) {
    return `cleanup policy ${topic.cleanup} goes without a retention, not with ${retentionMs} ms`;
  }
  return null;
}

/** @throws {EventLogError} `invalid-topic` when a group's or member's name is empty or too long */
export function checkName(what: string, name: string): void {
  if (name.length > 0 && name.length <= MAX_NAME_LENGTH) return;
  throw new EventLogError(
    "invalid-topic",
    `Cannot join a group: its ${what} has ${name.length} characters, and 1 to ${MAX_NAME_LENGTH} are allowed`,
  );
}
