/**
 * Messages of `dead-letters`: records that could not be processed, with their original bytes.
 *
 * @module
 */

import { z } from "zod";
import { eitherShape, type Envelope, idSchema } from "./envelope.ts";

/** So many bytes of a value are kept in its dead letter, which must itself fit into a record. */
export const MAX_DEAD_LETTER_VALUE_BYTES = 512 * 1024;

/** A record that could not be processed. Derived when it is malformed, a source message when it is poison. */
export interface DeadLetter extends Envelope {
  /** Tells messages apart. */
  readonly type: "dead-letter";
  /** The role that could not process the record. */
  readonly role: string;
  /** Where the record is. */
  readonly topic: string;
  /** Where the record is. */
  readonly partition: number;
  /** Where the record is. */
  readonly offset: number;
  /**
   * `malformed`: the bytes are no valid message of the topic. `poison`: the fold throws on it. A
   * poison letter is also the durable mark by which every later fold of the partition skips it.
   */
  readonly kind: "malformed" | "poison";
  /** What was wrong, in words. */
  readonly error: string;
  /** The record's key. */
  readonly key: string | null;
  /**
   * The original bytes, base64, cut after {@link MAX_DEAD_LETTER_VALUE_BYTES}; null for a tombstone.
   * The whole record stays where it is.
   */
  readonly valueBase64: string | null;
  /** The original length. */
  readonly valueBytes: number;
}

/** Schema of {@link DeadLetter}. */
export const deadLetterSchema = z.object({
  type: z.literal("dead-letter"),
  ...eitherShape,
  /** The role that could not process the record. */
  role: idSchema,
  /** Where the record is. */
  topic: z.string(),
  partition: z.number().int().nonnegative(),
  offset: z.number().int().nonnegative(),
  /**
   * `malformed`: the bytes are no valid message of the topic. `poison`: the fold throws on it. A
   * poison letter is also the durable mark by which every later fold of the partition skips it.
   */
  kind: z.enum(["malformed", "poison"]),
  error: z.string(),
  key: z.string().nullable(),
  /**
   * The original bytes, base64, cut after {@link MAX_DEAD_LETTER_VALUE_BYTES}; null for a tombstone.
   * The whole record stays where it is.
   */
  valueBase64: z.string().nullable(),
  /** The original length. */
  valueBytes: z.number().int().nonnegative(),
}) satisfies z.ZodType<DeadLetter>;
