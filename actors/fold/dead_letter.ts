/**
 * What a dead letter says of the record it stands for.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { LogRecord } from "../../kafka/event_log.ts";
import { type DeadLetter, MAX_DEAD_LETTER_VALUE_BYTES } from "../../kafka/messages/mod.ts";
import type { Body } from "./fold.ts";

/** So much of an error's text, and of a key, is kept. */
const MAX_TEXT_LENGTH = 1_000;

/** The letter's content; its envelope depends on how it is sent. */
export function deadLetterBody(
  record: LogRecord,
  why: {
    readonly role: string;
    readonly kind: DeadLetter["kind"];
    readonly error: string;
  },
): Body<DeadLetter> {
  const { value } = record;
  return {
    type: "dead-letter",
    role: why.role,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    kind: why.kind,
    error: why.error.slice(0, MAX_TEXT_LENGTH),
    key: record.key?.slice(0, MAX_TEXT_LENGTH) ?? null,
    valueBase64: value === null
      ? null
      : Buffer.from(value.subarray(0, MAX_DEAD_LETTER_VALUE_BYTES)).toString("base64"),
    valueBytes: value?.length ?? 0,
  };
}
