/**
 * Failures as every client tells them: "Cannot <do something>: <what is wrong>". No word of what a
 * request holds gets into them, so no secret does.
 *
 * @module
 */

import { type ClientFailure, KafkaClientError } from "./kafka_client.ts";
import { errorNameOf, isRetriable } from "./protocol_errors.ts";

/** Failures that the same request may outlive. */
const RETRIABLE_FAILURES: ReadonlySet<ClientFailure> = new Set(["CONNECTION", "REQUEST_TIMEOUT"]);

/** A failure without a broker's answer. `doing` completes "Cannot ...". */
export function clientFailure(
  type: ClientFailure,
  doing: string,
  state: string,
  cause?: unknown,
): KafkaClientError {
  return new KafkaClientError(type, `Cannot ${doing}: ${state}`, {
    retriable: RETRIABLE_FAILURES.has(type),
    cause,
  });
}

/** The client, or what is asked, was closed. */
export function closedFailure(doing: string, cause?: unknown): KafkaClientError {
  return clientFailure("CLOSED", doing, "the client is closed", cause);
}

/** A broker's answer by Kafka's name of it. @param detail the broker's own words, if any */
export function namedFailure(type: string, doing: string, detail?: string | null) {
  const message = `Cannot ${doing}: ${type}${detail ? `; ${detail}` : ""}`;
  return new KafkaClientError(type, message, { retriable: isRetriable(type) });
}

/** A broker's error code. */
export function codedFailure(code: number, doing: string, detail?: string | null) {
  return namedFailure(errorNameOf(code), doing, detail);
}

/** @throws {KafkaClientError} when the code is not 0 */
export function throwIfFailed(code: number, doing: string, detail?: string | null): void {
  if (code !== 0) throw codedFailure(code, doing, detail);
}
