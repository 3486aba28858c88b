import assert from "node:assert/strict";
import fc from "fast-check";
import type { EntryFilter } from "../../../sim/actor_log/actor_log.ts";
import { actorsOf } from "../../../sim/actor_log/actors_of.ts";
import { passes } from "../../../sim/actor_log/entry_filter.ts";
import { rawSieve } from "../../../sim/actor_log/raw_sieve.ts";
import { readRecordOf } from "../../../sim/actor_log/record_reader.ts";
import { command } from "../stepper/support/entries.ts";

const NAMES = ["501", "alice", "a b", `q"q`, "back\\slash", "ü", "a/b", "", "\u202e"];
const name = fc.constantFrom(...NAMES);

/** Every character by its number, as JSON may write it. */
function byNumbers(text: string): string {
  return text.replaceAll(
    /"(userId|orderId|symbol|type)":"([a-z0-9]+)"/gi,
    (_, field: string, value: string) =>
      `"${field}":"${
        [...value].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")
      }"`,
  );
}

const FORMS = ["as it is", "by numbers", "spread", "torn", "of an intent", "nothing"] as const;

interface Drawn {
  readonly fields: { readonly userId: string; readonly orderId: string; readonly symbol: string };
  readonly key: string | null;
  readonly form: typeof FORMS[number];
}

const records: fc.Arbitrary<Drawn> = fc.record({
  fields: fc.record({ userId: name, orderId: name, symbol: name }),
  key: fc.option(name),
  form: fc.constantFrom(...FORMS),
});

/** A filter of some fields, each mostly as the record has it. */
function filterFor({ fields, key }: Drawn): fc.Arbitrary<EntryFilter> {
  return fc.record({
    userId: fc.constantFrom(fields.userId, fields.userId, key ?? "", "501"),
    orderId: fc.constantFrom(fields.orderId, fields.orderId, "501"),
    symbol: fc.constantFrom(fields.symbol, fields.symbol, "501"),
    type: fc.constantFrom("place-order", "malformed", "intent"),
    text: fc.constantFrom("ALICE", "501", ""),
  }, { requiredKeys: [] });
}

const drawn = records.chain((record) => fc.tuple(fc.constant(record), filterFor(record)));

function textOf({ fields, form }: Drawn): string | null {
  const message = command(fields);
  const text = JSON.stringify(message);
  if (form === "by numbers") return byNumbers(text);
  if (form === "spread") return JSON.stringify(message, null, 2);
  if (form === "torn") return text.slice(0, -1);
  if (form === "nothing") return null;
  if (form === "as it is") return text;
  const { id, correlationId, timestamp } = message;
  return JSON.stringify({
    type: "intent",
    id,
    correlationId,
    timestamp,
    producer: "desk",
    number: 0,
    intendedAt: 0,
    partition: 0,
    key: fields.userId,
    value: text,
    encoding: "text",
  });
}

Deno.test("rawSieve() lets through whatever passes the filter, however it is written", () => {
  let passed = 0;
  let stopped = 0;
  fc.assert(
    fc.property(drawn, ([record, filter]) => {
      const text = textOf(record);
      const topic = record.form === "of an intent" ? "intents" : "order-commands";
      const place = { topic, partition: 0, offset: 0 } as const;
      const { key } = record;
      const value = text === null ? null : new TextEncoder().encode(text);
      const found = readRecordOf({ ...place, timestamp: 0, headers: {}, key, text, value }, place);
      const entry = { kind: "record", rank: 0, record: found, actors: actorsOf(found) } as const;
      const mayPass = rawSieve(filter)({ key, text });
      if (passes(entry, filter)) {
        passed++;
        assert.ok(mayPass, JSON.stringify({ text, key, filter }));
      } else if (!mayPass) stopped++;
    }),
    { numRuns: 3_000 },
  );
  assert.ok(passed > 100 && stopped > 500, `${passed} passed, ${stopped} were stopped early`);
});
