import assert from "node:assert/strict";
import { folderOf } from "../../../sim/actor_log/actors_of.ts";
import type { ActorLog, EntryFilter } from "../../../sim/actor_log/actor_log.ts";
import { passes } from "../../../sim/actor_log/entry_filter.ts";
import { originOf } from "../../../sim/actor_log/outputs_in_log.ts";
import { formatPlace, type RecordPlace } from "../../../sim/actor_log/record_place.ts";
import type { Entry, ReadRecord } from "../../../sim/actor_log/step.ts";
import { partitionForKey } from "../../../kafka/partitioner.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { type PlayedRun, playRun } from "../../support/played_run.ts";
import { changedLog } from "./changed_log.ts";
import { eventsOf, plainActorLog } from "./plain_actor_log.ts";

/** The actor log of a played run. */
async function opened(run: PlayedRun): Promise<ActorLog> {
  const log = await openEventLog({ kind: "embedded", path: `${run.directory}/log.sqlite` });
  return await plainActorLog(log, { events: eventsOf(run.directory) });
}

async function allEntries(log: ActorLog): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (let rank = 0; rank < log.index.length; rank++) entries.push(await log.entry(rank));
  return entries;
}

function recordsIn(entries: readonly Entry[]): readonly ReadRecord[] {
  return entries.flatMap((entry) => entry.kind === "record" ? [entry.record] : []);
}

Deno.test("RunActorLog gives every derived record as what its cause sent, through a crash", async () => {
  using run = await playRun("crash_before_commit");
  await using log = await opened(run);
  const records = recordsIn(await allEntries(log));
  const first = new Map<string, RecordPlace>();
  let repeats = 0;
  for (const { message, place } of records) {
    if (message === null || originOf(message) === null) continue;
    if (first.has(message.id)) repeats++;
    else first.set(message.id, place);
  }
  assert.ok(repeats > 0, "the engine published again what it had published before it died");
  const sent = new Map<string, RecordPlace | null>();
  for (const { place } of records) {
    const actor = folderOf(place.topic);
    if (actor === null) continue;
    const step = await log.step(place, actor);
    for (const { message, place: at } of step.sent) {
      assert.ok(!sent.has(message.id) || step.outcome === "repeat");
      sent.set(message.id, at);
      const cause = at === null ? null : await log.cause(at);
      assert.deepEqual(cause, { kind: "step", actor, place });
    }
    assert.deepEqual(await log.effects(place), step.sent.map(({ place }) => place));
  }
  assert.deepEqual(new Map([...sent].sort()), new Map([...first].sort()));
  assert.deepEqual(log.findings, []);
});

Deno.test("RunActorLog finds the command of every intent, and the intent of every command", async () => {
  using run = await playRun("invalid_symbols", { durationMs: 1_000 });
  await using log = await opened(run);
  let commands = 0;
  let owned = false;
  for (const { place, message } of recordsIn(await allEntries(log))) {
    if (place.topic !== "intents" || message?.type !== "intent") continue;
    const [command, ...others] = await log.effects(place);
    assert.ok(command !== undefined && others.length === 0, formatPlace(place));
    assert.deepEqual(await log.cause(command), { kind: "intent", place });
    const step = await log.step(place, "order-command-producer");
    assert.equal(step.outcome, "wrote");
    // The floor's own clients are no actors.
    if (step.owner !== null) assert.equal(step.owner.actor, message.producer);
    owned ||= step.owner !== null;
    commands++;
  }
  assert.ok(commands > 100 && owned);
});

Deno.test("RunActorLog.find() finds what passes, in both directions, and nothing else", async () => {
  using run = await playRun("worker_crash", { ratePerSecond: 40 });
  await using log = await opened(run);
  const entries = await allEntries(log);
  const some = recordsIn(entries).find(({ message }) => message?.type === "order-filled")?.message;
  assert.ok(some?.type === "order-filled");
  const { userId, orderId, symbol } = some;
  const filters: readonly EntryFilter[] = [
    { userId },
    { userId, orderId },
    { symbol, type: "quote" },
    { actor: "trading-engine" },
    { actor: "portfolio-manager", userId },
    { failures: true },
    { type: "restart" },
    { topic: "orders", partition: 0 },
    { text: `"${orderId}"`, topic: "notifications" },
    { type: "nothing-of-the-kind" },
  ];
  for (const filter of filters) {
    const wanted = entries.filter((entry) => passes(entry, filter)).map(({ rank }) => rank);
    const forward: number[] = [];
    for (let from = 0;;) {
      const found = await log.find({ from, direction: "forward", filter });
      if (found === null) break;
      forward.push(found.rank);
      from = found.rank + 1;
    }
    assert.deepEqual(forward, wanted, JSON.stringify(filter));
    for (const [from, direction] of [[1, "forward"], [log.index.length - 2, "backward"]] as const) {
      const ranks: number[] = [];
      for await (const { rank } of log.entries({ from, direction, filter })) ranks.push(rank);
      const rest = direction === "forward"
        ? wanted.filter((rank) => rank >= from)
        : wanted.filter((rank) => rank <= from).reverse();
      assert.deepEqual(ranks, rest, `${direction} ${JSON.stringify(filter)}`);
    }
    const last = await log.find({ from: log.index.length - 1, direction: "backward", filter });
    assert.equal(last?.rank, wanted.at(-1), JSON.stringify(filter));
  }
});

Deno.test("RunActorLog.entries() ends when it is told to, also while it finds nothing", async () => {
  using run = await playRun("duplicate_orders");
  await using log = await opened(run);
  const ending = new AbortController();
  const seen: number[] = [];
  for await (
    const { rank } of log.entries({
      from: 0,
      direction: "forward",
      filter: {},
      signal: ending.signal,
    })
  ) {
    seen.push(rank);
    if (rank === 3) ending.abort();
  }
  assert.deepEqual(seen, [0, 1, 2, 3]);

  let told = 0;
  const search = new AbortController();
  const found = await log.find({
    from: 0,
    direction: "forward",
    filter: { text: "in no record of this run" },
    signal: search.signal,
    onProgress: () => {
      told++;
      search.abort();
    },
  });
  assert.equal(found, null);
  assert.equal(told, 1, "nothing is looked through after the end");
});

Deno.test("RunActorLog.find() with an instance's id finds the steps that it did", async () => {
  using run = await playRun("worker_crash", { ratePerSecond: 40 });
  await using log = await opened(run);
  const both = new Set<string>();
  for (const actor of ["trading-engine-0", "trading-engine-1"]) {
    for (let from = 0;;) {
      const found = await log.find({
        from,
        direction: "forward",
        filter: { actor, topic: "orders" },
      });
      if (found === null) break;
      assert.ok(found.kind === "record");
      const step = await log.step(found.record.place, "trading-engine");
      assert.equal(step.owner?.actor, actor);
      both.add(formatPlace(found.record.place));
      from = found.rank + 1;
    }
  }
  const orders = recordsIn(await allEntries(log)).filter(({ place }) => place.topic === "orders");
  assert.equal(both.size, orders.length);
});

Deno.test("RunActorLog.lifeOf() gives everything about an order, repeats included, in order", async () => {
  using run = await playRun("crash_before_commit");
  await using log = await opened(run);
  const records = recordsIn(await allEntries(log));
  const filled = records.find(({ message }) => message?.type === "order-filled")?.message;
  assert.ok(filled?.type === "order-filled");
  const { userId, orderId, correlationId } = filled;
  const life = await log.lifeOf({ userId, orderId });
  const wanted = records.filter(({ message }) => message?.correlationId === correlationId);
  assert.deepEqual(life, wanted);
  const types = new Set(life.map(({ message }) => message?.type));
  for (const type of ["intent", "place-order", "order-accepted", "order-placed", "settle-fill"]) {
    assert.ok(types.has(type as "intent"), type);
  }
});

Deno.test("RunActorLog says what is otherwise in the log than folded, and where", async () => {
  using run = await playRun("crash_before_commit");
  const path = `${run.directory}/log.sqlite`;
  const clean = await opened(run);
  let changed: { readonly record: ReadRecord; readonly cause: RecordPlace } | null = null;
  for (const record of recordsIn(await allEntries(clean))) {
    const cause = record.message?.type === "order-filled" ? await clean.cause(record.place) : null;
    if (cause?.kind === "step") changed = { record, cause: cause.place };
  }
  await clean[Symbol.asyncDispose]();
  assert.ok(changed !== null);
  const { record, cause } = changed;
  await using log = await plainActorLog(
    changedLog(await openEventLog({ kind: "embedded", path }), record.place),
  );
  const step = await log.step(cause, "trading-engine");
  const [finding, ...more] = step.findings;
  assert.equal(more.length, 0);
  assert.deepEqual(finding?.found, record.place);
  assert.match(finding!.what, /Folding orders\/\d+\/\d+ gives notifications\/\d+ another record/);
  assert.equal(log.findings.length, 1);
  await log.step(cause, "trading-engine");
  assert.equal(log.findings.length, 1, "told once");
});

Deno.test("RunActorLog finds no cause for a record that a stranger forged, and says so", async () => {
  using run = await playRun("crash_before_commit", { durationMs: 1_000 });
  const config = { kind: "embedded", path: `${run.directory}/log.sqlite` } as const;
  const clean = await opened(run);
  const placed = recordsIn(await allEntries(clean)).find(({ message }) =>
    message?.type === "order-placed"
  );
  await clean[Symbol.asyncDispose]();
  assert.ok(placed?.message != null);
  const { topic, partition } = placed.place;
  const origin = placed.message.id.split("/").slice(0, 3).join("/");
  const forged = { ...placed.message, id: `${origin}/99`, sequence: 1_000_000 };
  const writer = await openEventLog(config);
  const records = [{ key: placed.key, value: JSON.stringify(forged), timestamp: placed.timestamp }];
  const [published] = await writer.publish([{ topic, partition, records }]);
  await writer.close();

  await using log = await opened(run);
  const cause = await log.cause({ topic, partition, offset: published!.baseOffset });
  assert.ok(cause.kind === "none");
  assert.match(cause.why, /which gives no such record: a stranger wrote it/);
  assert.equal(log.findings.length, 1);
});

Deno.test("RunActorLog.find() finds what a stranger put on a partition that is not its user's or symbol's", async () => {
  using run = await playRun("crash_before_commit", { durationMs: 1_000 });
  const writer = await openEventLog({ kind: "embedded", path: `${run.directory}/log.sqlite` });
  const stray = {
    type: "place-order",
    id: "stranger/1",
    correlationId: "user-1/stray",
    timestamp: 0,
    userId: "user-1",
    orderId: "stray",
    symbol: "AAPL",
    side: "buy",
    quantity: 1,
  };
  const own = partitionForKey("user-1", 6);
  const places: RecordPlace[] = [];
  for (const topic of ["order-commands", "orders"] as const) {
    const partition = ((topic === "orders" ? partitionForKey("AAPL", 6) : own) + 1) % 6;
    const key = topic === "orders" ? "AAPL" : "user-1";
    // To the engine's topic it comes as no message, and is found by its text.
    const records = [{ key, value: JSON.stringify(stray), timestamp: 0 }];
    const [published] = await writer.publish([{ topic, partition, records }]);
    places.push({ topic, partition, offset: published!.baseOffset });
  }
  await writer.close();
  const [command, order] = places;
  assert.ok(command !== undefined && order !== undefined);

  await using log = await opened(run);
  assert.equal(log.run.parameters.partitions["order-commands"], 6);
  const placesOf = async (filter: EntryFilter) => {
    const found: string[] = [];
    for await (const entry of log.entries({ from: 0, direction: "forward", filter })) {
      if (entry.kind === "record") found.push(formatPlace(entry.record.place));
    }
    return found;
  };
  assert.ok((await placesOf({ userId: "user-1" })).includes(formatPlace(command)));
  assert.ok((await placesOf({ symbol: "AAPL" })).includes(formatPlace(command)));
  assert.deepEqual(await placesOf({ orderId: "stray" }), [formatPlace(command)]);
  assert.deepEqual(await placesOf({ text: `"STRAY"`, topic: "orders" }), [formatPlace(order)]);
});

Deno.test("RunActorLog names what there is when a place is not in the run", async () => {
  using run = await playRun("crash_before_commit", { durationMs: 500 });
  await using log = await opened(run);
  await assert.rejects(
    log.record({ topic: "orders", partition: 0, offset: 1_000_000 }),
    /Cannot read orders\/0\/1000000: the partition's records are 0 to \d+/,
  );
  await assert.rejects(
    log.record({ topic: "orders", partition: 77, offset: 0 }),
    /the run has no partition orders\/77/,
  );
  await assert.rejects(
    log.step({ topic: "orders", partition: 0, offset: 0 }, "order-gateway"),
    /it is no step of order-gateway/,
  );
});
