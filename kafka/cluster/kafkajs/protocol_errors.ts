/**
 * Kafka's error codes by their own names. The library's table ends in 2019, and has several names that
 * Kafka has since changed.
 *
 * @module
 */

import { KafkaClientError } from "../kafka_client.ts";

/** What the same request, a little later, may not meet again. */
const RETRIABLE: Readonly<Record<number, string>> = {
  2: "CORRUPT_MESSAGE",
  3: "UNKNOWN_TOPIC_OR_PARTITION",
  5: "LEADER_NOT_AVAILABLE",
  6: "NOT_LEADER_OR_FOLLOWER",
  7: "REQUEST_TIMED_OUT",
  8: "BROKER_NOT_AVAILABLE",
  9: "REPLICA_NOT_AVAILABLE",
  13: "NETWORK_EXCEPTION",
  14: "COORDINATOR_LOAD_IN_PROGRESS",
  15: "COORDINATOR_NOT_AVAILABLE",
  16: "NOT_COORDINATOR",
  19: "NOT_ENOUGH_REPLICAS",
  20: "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
  41: "NOT_CONTROLLER",
  51: "CONCURRENT_TRANSACTIONS",
  56: "KAFKA_STORAGE_ERROR",
  70: "FETCH_SESSION_ID_NOT_FOUND",
  71: "INVALID_FETCH_SESSION_EPOCH",
  72: "LISTENER_NOT_FOUND",
  74: "FENCED_LEADER_EPOCH",
  75: "UNKNOWN_LEADER_EPOCH",
  78: "OFFSET_NOT_AVAILABLE",
  80: "PREFERRED_LEADER_NOT_AVAILABLE",
  84: "ELECTION_NOT_NEEDED",
  83: "ELIGIBLE_LEADERS_NOT_AVAILABLE",
  88: "UNSTABLE_OFFSET_COMMIT",
  89: "THROTTLING_QUOTA_EXCEEDED",
  100: "UNKNOWN_TOPIC_ID",
  103: "INCONSISTENT_TOPIC_ID",
  106: "FETCH_SESSION_TOPIC_ID_ERROR",
  // Of a producer, not of its records: a fresh producer may append them.
  45: "OUT_OF_ORDER_SEQUENCE_NUMBER",
  46: "DUPLICATE_SEQUENCE_NUMBER",
  47: "INVALID_PRODUCER_EPOCH",
  59: "UNKNOWN_PRODUCER_ID",
};

const FINAL: Readonly<Record<number, string>> = {
  [-1]: "UNKNOWN_SERVER_ERROR",
  1: "OFFSET_OUT_OF_RANGE",
  4: "INVALID_FETCH_SIZE",
  10: "MESSAGE_TOO_LARGE",
  11: "STALE_CONTROLLER_EPOCH",
  12: "OFFSET_METADATA_TOO_LARGE",
  17: "INVALID_TOPIC_EXCEPTION",
  18: "RECORD_LIST_TOO_LARGE",
  21: "INVALID_REQUIRED_ACKS",
  22: "ILLEGAL_GENERATION",
  23: "INCONSISTENT_GROUP_PROTOCOL",
  24: "INVALID_GROUP_ID",
  25: "UNKNOWN_MEMBER_ID",
  26: "INVALID_SESSION_TIMEOUT",
  27: "REBALANCE_IN_PROGRESS",
  28: "INVALID_COMMIT_OFFSET_SIZE",
  29: "TOPIC_AUTHORIZATION_FAILED",
  30: "GROUP_AUTHORIZATION_FAILED",
  31: "CLUSTER_AUTHORIZATION_FAILED",
  32: "INVALID_TIMESTAMP",
  33: "UNSUPPORTED_SASL_MECHANISM",
  34: "ILLEGAL_SASL_STATE",
  35: "UNSUPPORTED_VERSION",
  36: "TOPIC_ALREADY_EXISTS",
  37: "INVALID_PARTITIONS",
  38: "INVALID_REPLICATION_FACTOR",
  39: "INVALID_REPLICA_ASSIGNMENT",
  40: "INVALID_CONFIG",
  42: "INVALID_REQUEST",
  43: "UNSUPPORTED_FOR_MESSAGE_FORMAT",
  44: "POLICY_VIOLATION",
  53: "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
  54: "SECURITY_DISABLED",
  55: "OPERATION_NOT_ATTEMPTED",
  57: "LOG_DIR_NOT_FOUND",
  58: "SASL_AUTHENTICATION_FAILED",
  60: "REASSIGNMENT_IN_PROGRESS",
  68: "NON_EMPTY_GROUP",
  69: "GROUP_ID_NOT_FOUND",
  73: "TOPIC_DELETION_DISABLED",
  76: "UNSUPPORTED_COMPRESSION_TYPE",
  77: "STALE_BROKER_EPOCH",
  79: "MEMBER_ID_REQUIRED",
  81: "GROUP_MAX_SIZE_REACHED",
  82: "FENCED_INSTANCE_ID",
  86: "GROUP_SUBSCRIBED_TO_TOPIC",
  87: "INVALID_RECORD",
  90: "PRODUCER_FENCED",
  110: "FENCED_MEMBER_EPOCH",
};

/** Kafka's own name for a code; 0 is none. */
export function errorNameOf(code: number): string {
  return RETRIABLE[code] ?? FINAL[code] ?? `ERROR_${code}`;
}

/** The error that a code stands for. `action` is what could not be done. */
export function protocolError(code: number, action: string, detail?: string | null) {
  const type = errorNameOf(code);
  const message = `Cannot ${action}: ${type}${detail ? `; ${detail}` : ""}`;
  return new KafkaClientError(type, message, { retriable: code in RETRIABLE });
}

/** @throws {KafkaClientError} when the code is not 0 */
export function throwIfFailed(code: number, action: string, detail?: string | null): void {
  if (code !== 0) throw protocolError(code, action, detail);
}
