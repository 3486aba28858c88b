/**
 * Our table of Kafka's error codes, against that of a library that is generated from Kafka's.
 */

import assert from "node:assert/strict";
import { protocolErrors } from "@platformatic/kafka";
import { errorNameOf, isRetriable } from "../../../kafka/cluster/protocol_errors.ts";

/** Where we think otherwise: a broker may come back, and another producer may append. */
const RETRIABLE_WITH_US: ReadonlySet<string> = new Set([
  "BROKER_NOT_AVAILABLE",
  "OUT_OF_ORDER_SEQUENCE_NUMBER",
  "DUPLICATE_SEQUENCE_NUMBER",
  "INVALID_PRODUCER_EPOCH",
  "UNKNOWN_PRODUCER_ID",
]);

Deno.test("errorNameOf() and isRetriable() say of every code that we name what Kafka says", () => {
  const named = Object.values(protocolErrors)
    .filter(({ code }) => errorNameOf(code) !== `ERROR_${code}`);
  assert.ok(named.length > 80, `${named.length} codes have names`);
  for (const { code, id, canRetry } of named) {
    assert.equal(errorNameOf(code), id);
    assert.equal(isRetriable(id), canRetry || RETRIABLE_WITH_US.has(id), id);
  }
});

Deno.test("an error that is not in the table is not retriable", () => {
  assert.equal(errorNameOf(12_345), "ERROR_12345");
  assert.equal(isRetriable("ERROR_12345"), false);
});
