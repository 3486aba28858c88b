/**
 * Where a record batch has its fields, in version 2, the only one since Kafka 4.0
 * (https://kafka.apache.org/documentation/#recordbatch).
 *
 * @module
 */

/** The version. */
export const MAGIC = 2;

/** Offsets in bytes. */
export const BATCH = {
  firstOffset: 0,
  /** Of all that follows this field. */
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  /** CRC-32C of all that follows this field. */
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  sequence: 53,
  count: 57,
  records: 61,
} as const;

/** Bits of a batch's attributes. */
export const ATTRIBUTE = {
  compression: 0b111,
  /** The log has stamped the batch: all its records have its last time. */
  logAppendTime: 1 << 3,
  /** It marks the end of a transaction and has no records of anybody's. */
  control: 1 << 5,
} as const;
