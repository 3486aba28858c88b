/**
 * Failures of a client as failures of the log.
 *
 * @module
 */

import { EventLogError, type EventLogErrorCode } from "../event_log.ts";
import { KafkaClientError } from "./kafka_client.ts";

/** Kafka's names of errors by what they mean to the log; all others are `log-unavailable`. */
const CODES: Readonly<Record<string, EventLogErrorCode>> = {
  UNKNOWN_TOPIC_OR_PARTITION: "unknown-topic",
  UNKNOWN_TOPIC_ID: "unknown-topic",
  INVALID_TOPIC_EXCEPTION: "invalid-topic",
  INVALID_PARTITIONS: "invalid-topic",
  INVALID_REPLICATION_FACTOR: "invalid-topic",
  INVALID_CONFIG: "invalid-topic",
  POLICY_VIOLATION: "invalid-topic",
  OFFSET_OUT_OF_RANGE: "offset-out-of-range",
  MESSAGE_TOO_LARGE: "record-too-large",
  RECORD_LIST_TOO_LARGE: "record-too-large",
  FENCED_INSTANCE_ID: "fenced-generation",
  ILLEGAL_GENERATION: "fenced-generation",
  UNKNOWN_MEMBER_ID: "fenced-generation",
  REBALANCE_IN_PROGRESS: "fenced-generation",
  CLOSED: "log-closed",
};

/** What fails because nobody who could answer is there. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  "CONNECTION",
  "REQUEST_TIMEOUT",
  "REQUEST_TIMED_OUT",
  "NETWORK_EXCEPTION",
  "LEADER_NOT_AVAILABLE",
  "BROKER_NOT_AVAILABLE",
  "REPLICA_NOT_AVAILABLE",
  "COORDINATOR_NOT_AVAILABLE",
  "NOT_ENOUGH_REPLICAS",
  "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
]);

/**
 * The log's error for a client's; an error of the log as it is. Anything else is a fault of the
 * program and is thrown on.
 *
 * @param action such as `describe topics`
 */
export function toEventLogError(error: unknown, action: string): EventLogError {
  if (error instanceof EventLogError) return error;
  if (!(error instanceof KafkaClientError)) throw error;
  const code = CODES[error.type] ?? "log-unavailable";
  if (code === "log-closed") return closedError(action);
  return new EventLogError(code, `Cannot ${action}: ${error.message}`, {
    retriable: error.retriable,
    cause: error,
  });
}

/** Whether a request failed because nobody who could answer is there. */
export function isUnreachable(error: KafkaClientError): boolean {
  return UNREACHABLE.has(error.type);
}

/** What everything fails with after the close. */
export function closedError(action: string): EventLogError {
  return new EventLogError("log-closed", `Cannot ${action}: the log is closed`);
}
