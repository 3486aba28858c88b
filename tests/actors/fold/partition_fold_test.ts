import assert from "node:assert/strict";
import type { LogRecord, RecordBatch } from "../../../kafka/event_log.ts";
import type { Fold } from "../../../actors/fold/fold.ts";
import {
  DEFAULT_PARTITION_COUNTS,
  PartitionFold,
  poisonMark,
  SequenceGapError,
} from "../../../actors/fold/partition_fold.ts";
import { packState, unpackState } from "../../../actors/fold/state_bytes.ts";
import { decodeText } from "../../../kafka/messages/mod.ts";

interface Seen {
  readonly trades: string[];
}

/** Counts settlements, tells the user of each, and throws on the trade called `poison`. */
const echo: Fold<Seen, "order-commands"> = {
  role: "echo",
  version: 1,
  topic: "order-commands",
  create: () => ({ trades: [] }),
  apply(state, { message, now }, out) {
    if (message.type !== "settle-fill") return;
    if (message.tradeId === "poison") throw new Error("cannot digest");
    state.trades.push(message.tradeId);
    out.emit("notifications", message.userId, {
      type: "deposit-accepted",
      duplicate: false,
      userId: message.userId,
      depositId: `${message.tradeId}@${now}`,
      amountUnits: state.trades.length,
    }, `alice/${message.tradeId}`);
  },
  admits: (_state, { message, key }) =>
    message.type !== "settle-fill" || message.userId !== "mallory" && key === message.userId,
  encode: (state) => packState(state),
  // The head is what encode packed.
  decode: (bytes) => unpackState(bytes).head as Seen,
};

function record(
  offset: number,
  value: object | string,
  { timestamp = 1_000 + offset, key = "alice" }: { timestamp?: number; key?: string } = {},
): LogRecord {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return {
    topic: "order-commands",
    partition: 2,
    offset,
    timestamp,
    key,
    value: new TextEncoder().encode(text),
    text,
    headers: {},
  };
}

function settlement(offset: number, sequence: number, options: {
  readonly tradeId?: string;
  readonly userId?: string;
  readonly timestamp?: number;
  readonly channel?: string;
  readonly key?: string;
} = {}): LogRecord {
  return record(offset, {
    type: "settle-fill",
    id: `${options.channel ?? "orders/4"}/${sequence}/0`,
    correlationId: "alice/1",
    causationId: "c",
    sequence,
    timestamp: 1,
    userId: options.userId ?? "alice",
    orderNumber: 1,
    symbol: "AAPL",
    side: "buy",
    priceTicks: 100,
    quantityLots: 1,
    tradeId: options.tradeId ?? `t${sequence}`,
  }, options);
}

function machine(options: { skip?: ReadonlySet<number>; snapshot?: Uint8Array } = {}) {
  return new PartitionFold({
    fold: echo,
    context: { topic: "order-commands", partition: 2, partitions: 6 },
    partitions: DEFAULT_PARTITION_COUNTS,
    ...options,
  });
}

function values(batches: readonly RecordBatch[]): Record<string, unknown>[] {
  return batches.flatMap(({ records }) => records.map(({ value }) => JSON.parse(String(value))));
}

const ALOUD = { publishing: true } as const;

Deno.test("PartitionFold.apply() gives every output its origin, cause, sequence and stamp", () => {
  const fold = machine();
  fold.apply(settlement(0, 0), ALOUD);
  fold.apply(settlement(1, 1), ALOUD);
  const [first, second] = values(fold.takeOutputs());
  assert.equal(first!["id"], "order-commands/2/0/0");
  assert.equal(first!["causationId"], "orders/4/0/0");
  assert.equal(first!["correlationId"], "alice/t0");
  assert.equal(first!["timestamp"], 1_000);
  assert.deepEqual([first!["sequence"], second!["sequence"]], [0, 1]);
  assert.ok(decodeText("notifications", JSON.stringify(first)).ok);
  assert.deepEqual(fold.takeOutputs(), []);
});

Deno.test("PartitionFold.apply() passes over records below its next offset", () => {
  const fold = machine();
  fold.apply(settlement(5, 0), ALOUD);
  fold.apply(settlement(5, 1), ALOUD);
  fold.apply(settlement(3, 1), ALOUD);
  assert.deepEqual(fold.state.trades, ["t0"]);
  assert.equal(fold.nextOffset, 6);
});

Deno.test("PartitionFold.apply() drops a repeat and takes a gap for a fault", () => {
  const fold = machine();
  fold.apply(settlement(0, 0), ALOUD);
  fold.apply(settlement(1, 0), ALOUD);
  assert.deepEqual(fold.state.trades, ["t0"]);
  assert.equal(fold.counters.repeats, 1);
  fold.apply(settlement(2, 0, { channel: "orders/5" }), ALOUD);
  assert.throws(() => fold.apply(settlement(3, 2), ALOUD), SequenceGapError);
});

Deno.test("PartitionFold.apply() refuses what is not admitted without moving its sequence", () => {
  const fold = machine();
  fold.apply(settlement(0, 0, { userId: "mallory" }), ALOUD);
  fold.apply(settlement(1, 999, { userId: "mallory" }), ALOUD);
  fold.apply(settlement(2, 0), ALOUD);
  assert.deepEqual(fold.state.trades, ["t0"]);
  assert.equal(fold.counters.refused, 2);
  const letters = fold.takeOutputs().find(({ topic }) => topic === "dead-letters");
  assert.equal(letters?.records.length, 2);
});

Deno.test("PartitionFold.apply() shows the record's key to whoever admits it", () => {
  const fold = machine();
  fold.apply(settlement(0, 0, { key: "bob" }), ALOUD);
  fold.apply(settlement(1, 0), ALOUD);
  assert.deepEqual(fold.state.trades, ["t0"]);
  assert.equal(fold.counters.refused, 1);
});

Deno.test("PartitionFold.apply() takes derived messages only from channels that the floor has", () => {
  const fold = machine();
  const clean = fold.snapshot();
  // No topic; a topic that no role reads which writes here; past the last partition; spelled oddly.
  const foreign = ["evil/0", "notifications/0", "orders/6", "orders/04", "orders/-1", "orders/1/2"];
  foreign.forEach((channel, offset) => {
    fold.apply(settlement(offset, offset % 2 === 0 ? 0 : 7, { channel }), ALOUD);
  });
  assert.equal(fold.counters.refused, foreign.length);
  assert.deepEqual(fold.state.trades, []);
  const { received } = unpackState(fold.snapshot()).head as { received: unknown[] };
  assert.deepEqual(received, (unpackState(clean).head as { received: unknown[] }).received);
  const letters = fold.takeOutputs().flatMap(({ records }) => records);
  assert.equal(letters.length, foreign.length);
  fold.apply(settlement(9, 0, { channel: "orders/5" }), ALOUD);
  assert.deepEqual(fold.state.trades, ["t0"]);
});

Deno.test("PartitionFold.apply() skips marked poison of a foreign channel and remembers nothing of it", () => {
  const marked = machine({ skip: new Set([0]) });
  marked.apply(settlement(0, 0, { channel: "evil/0" }), ALOUD);
  const { received } = unpackState(marked.snapshot()).head as { received: unknown[] };
  assert.deepEqual(received, []);
});

Deno.test("PartitionFold.apply() sends bytes that are no message to dead-letters, whole", () => {
  const fold = machine();
  const bytes = '{"type":"place-order"';
  fold.apply(record(7, bytes), ALOUD);
  const [letter] = values(fold.takeOutputs());
  assert.equal(letter!["kind"], "malformed");
  assert.equal(letter!["offset"], 7);
  assert.equal(atob(String(letter!["valueBase64"])), bytes);
  assert.ok(decodeText("dead-letters", JSON.stringify(letter)).ok);
});

Deno.test("PartitionFold.apply() takes the largest stamp seen for the time", () => {
  const fold = machine();
  fold.apply(settlement(0, 0, { timestamp: 5_000 }), ALOUD);
  fold.apply(settlement(1, 1, { timestamp: 4_000 }), ALOUD);
  const stamps = values(fold.takeOutputs()).map((message) => message["timestamp"]);
  assert.deepEqual(stamps, [5_000, 5_000]);
});

Deno.test("PartitionFold.apply() folded silently counts sequences and makes nothing", () => {
  const silent = machine();
  const aloud = machine();
  silent.apply(settlement(0, 0), { publishing: false });
  aloud.apply(settlement(0, 0), ALOUD);
  assert.deepEqual(silent.takeOutputs(), []);
  aloud.takeOutputs();
  silent.apply(settlement(1, 1), ALOUD);
  aloud.apply(settlement(1, 1), ALOUD);
  assert.deepEqual(silent.takeOutputs(), aloud.takeOutputs());
});

Deno.test("PartitionFold.snapshot() gives a fold that goes on exactly as the first", () => {
  const first = machine();
  for (let n = 0; n < 5; n++) first.apply(settlement(n, n), ALOUD);
  first.takeOutputs();
  const second = machine({ snapshot: first.snapshot() });
  assert.equal(second.nextOffset, 5);
  for (let n = 3; n < 9; n++) {
    first.apply(settlement(n, n), ALOUD);
    second.apply(settlement(n, n), ALOUD);
  }
  assert.deepEqual(second.takeOutputs(), first.takeOutputs());
  assert.deepEqual(second.snapshot(), first.snapshot());
});

Deno.test("PartitionFold.apply() skips marked poison and uses up its place in the channel", () => {
  const marked = machine({ skip: new Set([1]) });
  marked.apply(settlement(0, 0), ALOUD);
  marked.apply(settlement(1, 1, { tradeId: "poison" }), ALOUD);
  marked.apply(settlement(2, 2), ALOUD);
  assert.deepEqual(marked.state.trades, ["t0", "t2"]);
  assert.equal(marked.counters.skipped, 1);
});

Deno.test("poisonMark() is a dead letter that names role and place", () => {
  const mark = poisonMark(settlement(9, 0), { role: "echo", error: "Error: cannot digest" });
  const decoded = decodeText("dead-letters", String(mark.value));
  assert.ok(decoded.ok);
  assert.equal(decoded.message.id, "poison/echo/order-commands/2/9");
  assert.equal(decoded.message.kind, "poison");
});
