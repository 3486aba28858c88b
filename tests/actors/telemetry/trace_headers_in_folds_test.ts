import assert from "node:assert/strict";
import type { LogRecord } from "../../../kafka/event_log.ts";
import { encodeMessage, type Intent } from "../../../kafka/messages/mod.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../kafka/topics.ts";
import type { Fold } from "../../../actors/fold/fold.ts";
import { DEFAULT_PARTITION_COUNTS, PartitionFold } from "../../../actors/fold/partition_fold.ts";
import type { RecordTrace } from "../../../actors/fold/record_trace.ts";
import { packState, unpackState } from "../../../actors/fold/state_bytes.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import { IntentLedger } from "../../../actors/order_command_producer/intent_ledger.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import { isTracing } from "../../../actors/telemetry/is_tracing.ts";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** Passes every trade on as another one. */
const echo: Fold<{ lots: number }, "market-data"> = {
  role: "echo",
  version: 1,
  topic: "market-data",
  create: () => ({ lots: 0 }),
  apply(state, { message }, out) {
    if (message.type !== "trade") return;
    state.lots += message.quantityLots;
    const { id: _id, correlationId, causationId: _c, sequence: _s, timestamp: _t, ...body } =
      message;
    out.emit("market-data", message.symbol, body, correlationId);
  },
  encode: (state) => packState(state),
  decode: (bytes) => unpackState(bytes).head as { lots: number }, // what encode() packed
};

function trade(offset: number, headers: Record<string, string> = {}): LogRecord {
  const text = JSON.stringify({
    type: "trade",
    symbol: "AAPL",
    priceTicks: 16_000,
    quantityLots: 40,
    tradeId: "t1",
    aggressor: "buy",
    id: "orders/0/1/0",
    correlationId: "501/1",
    causationId: "c",
    sequence: 0,
    timestamp: 1_625_159_076,
  });
  const value = new TextEncoder().encode(text);
  const place = { topic: "market-data", partition: 0, offset, timestamp: 1_625_159_076 };
  return { ...place, key: "AAPL", value, text, headers };
}

function folded(): PartitionFold<{ lots: number }, "market-data"> {
  const partitions = { ...DEFAULT_PARTITION_COUNTS, "market-data": 1 };
  const context = { topic: "market-data", partition: 0, partitions: 1 } as const;
  return new PartitionFold({ fold: echo, context, partitions });
}

function watching(): RecordTrace & { readonly seen: string[] } {
  const seen: string[] = [];
  return {
    headers: { traceparent: TRACEPARENT },
    seen,
    decoded: () => void seen.push("decoded"),
    emitted: (topic) => void seen.push(`emitted ${topic}`),
    counted: (what) => void seen.push(what),
  };
}

Deno.test("PartitionFold hands a trace's headers to the outputs and changes nothing else", () => {
  const [traced, plain] = [folded(), folded()];
  const trace = watching();
  traced.apply(trade(0, { traceparent: "of another span" }), { publishing: true, trace });
  plain.apply(trade(0), { publishing: true });
  const [one] = traced.takeOutputs();
  const [other] = plain.takeOutputs();
  const record = other?.records[0];
  assert.ok(record && !("headers" in record));
  assert.deepEqual(one?.records, [{ ...record, headers: { traceparent: TRACEPARENT } }]);
  assert.deepEqual(traced.snapshot(), plain.snapshot());
  assert.deepEqual(trace.seen, ["records", "decoded", "emitted market-data"]);
});

Deno.test("PartitionFold drops a repeat whatever trace it carries", () => {
  const machine = folded();
  machine.apply(trade(0, { traceparent: TRACEPARENT }), { publishing: true });
  const trace = watching();
  machine.apply(trade(1, { traceparent: "00-another" }), { publishing: true, trace });
  assert.equal(machine.counters.repeats, 1);
  assert.deepEqual(machine.state, { lots: 40 });
  assert.deepEqual(trace.seen, ["records", "decoded", "repeats"]);
});

Deno.test("IntentLedger sends a command again with the headers that its intent was written with", async () => {
  await using log = await openMemoryLog();
  await log.createTopics(topicSettings({ partitions: { intents: 1, "order-commands": 1 } }));
  const intent: Intent = {
    type: "intent",
    id: "p/0",
    correlationId: "501/1",
    timestamp: 1,
    producer: "p",
    number: 0,
    intendedAt: 1,
    partition: 0,
    key: "501",
    value: `{"any":"text"}`,
    encoding: "text",
  };
  const headers = { traceparent: TRACEPARENT };
  const record = { key: "p", value: encodeMessage(intent), timestamp: 1, headers };
  await log.publish([{ topic: "intents", partition: 0, records: [record] }]);
  const ledger = await IntentLedger.open({ log, clock: systemClock, producer: "p", instance: 0 });
  assert.equal(ledger.resent, 1);
  const sent = await Array.fromAsync(readRange(log, { topic: "order-commands", partition: 0 }));
  assert.deepEqual(sent.map(({ text, headers }) => ({ text, headers })), [
    { text: intent.value, headers },
  ]);
});

Deno.test("without OTEL_DENO nothing is traced, and IntentLedger writes no headers", async () => {
  assert.equal(isTracing, false);
  await using log = await openMemoryLog();
  await log.createTopics(topicSettings({ partitions: { intents: 1, "order-commands": 1 } }));
  const ledger = await IntentLedger.open({ log, clock: systemClock, producer: "p", instance: 0 });
  assert.equal(ledger.present, null);
  await ledger.send([{ correlationId: "501/1", intendedAt: 1, key: "501", value: "{}" }]);
  for (const topic of ["intents", "order-commands"]) {
    const records = await Array.fromAsync(readRange(log, { topic, partition: 0 }));
    assert.deepEqual(records.map(({ headers }) => headers), [{}]);
  }
});
