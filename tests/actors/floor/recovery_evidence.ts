/**
 * What a run's log must hold, worked out anew: every folded partition from its first record, without a
 * crash, against the newest snapshots and the topics that the run left behind.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Fold } from "../../../actors/fold/fold.ts";
import { type PartitionCounts, PartitionFold } from "../../../actors/fold/partition_fold.ts";
import { loadPoisonMarks } from "../../../actors/fold/poison_marks.ts";
import { SnapshotStore } from "../../../actors/fold/snapshot_store.ts";
import { readFloorParameters } from "../../../actors/floor/open_floor.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import { orderGatewayFold } from "../../../actors/order_gateway/order_gateway_fold.ts";
import { portfolioFold } from "../../../actors/portfolio_manager/portfolio_fold.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import { tradingEngineFold } from "../../../actors/trading_engine/trading_engine_fold.ts";
import type { EventLog, TopicPartition } from "../../../kafka/event_log.ts";
import { channelOf, type MessageTopic } from "../../../kafka/messages/mod.ts";

/** The topics that folds write to. */
const WRITTEN = ["orders", "notifications", "order-commands", "market-data", "dead-letters"];

/** What was compared. */
export interface Compared {
  snapshots: number;
  /** Records folded. */
  records: number;
  /** Outputs found in the log, each once. */
  outputs: number;
  /** Outputs that stand in the log once more. */
  repeats: number;
}

/** By `topic/partition` of the destination, then by channel: id and text, first occurrences only. */
type Outputs = Map<string, Map<string, Map<string, string>>>;

/**
 * Compares a log that its floor has left cleanly, after it had come to rest.
 *
 * @throws {assert.AssertionError} naming the first partition that differs
 */
export async function assertEqualsFoldFromZero(log: EventLog): Promise<Compared> {
  const parameters = await readFloorParameters(log);
  assert.ok(parameters !== null, "the log holds no floor");
  const partitions = parameters.partitions as PartitionCounts; // Made with every topic of the table.
  const compared: Compared = { snapshots: 0, records: 0, outputs: 0, repeats: 0 };
  const found = await outputsInLog(log, partitions, compared);
  const given = { log, partitions, found, compared };
  await assertRole(orderGatewayFold, given);
  await assertRole(tradingEngineFold, given);
  await assertRole(portfolioFold, given);
  return compared;
}

interface Given {
  readonly log: EventLog;
  readonly partitions: PartitionCounts;
  readonly found: Outputs;
  readonly compared: Compared;
}

async function assertRole<State, T extends MessageTopic>(
  fold: Fold<State, T>,
  given: Given,
): Promise<void> {
  const { log, partitions, compared } = given;
  for (let partition = 0; partition < partitions[fold.topic]; partition++) {
    const source = { topic: fold.topic, partition };
    const name = `${fold.role} ${fold.topic}/${partition}`;
    const store = new SnapshotStore({
      log,
      clock: systemClock,
      role: fold.role,
      source,
      partitions: partitions.snapshots,
    });
    const { snapshot, damaged } = await store.load();
    assert.deepEqual(damaged, [], name);
    assert.ok(snapshot !== null, `${name} left no snapshot`);
    const folded = await foldFromZero(fold, source, given);
    assert.equal(snapshot.offset, folded.nextOffset, `${name}: where the snapshot stands`);
    assert.ok(sameBytes(snapshot.bytes, folded.snapshot()), `${name}: the state's bytes`);
    compared.snapshots++;
    compared.records += folded.nextOffset;
  }
}

async function foldFromZero<State, T extends MessageTopic>(
  fold: Fold<State, T>,
  source: { readonly topic: T; readonly partition: number },
  { log, partitions, found, compared }: Given,
): Promise<PartitionFold<State, T>> {
  const skip = await loadPoisonMarks(log, {
    role: fold.role,
    source,
    partitions: partitions["dead-letters"],
  });
  const machine = new PartitionFold({
    fold,
    context: { ...source, partitions: partitions[source.topic] },
    partitions,
    skip,
  });
  for await (const record of readRange(log, source)) machine.apply(record, { publishing: true });
  const channel = `${source.topic}/${source.partition}`;
  const made = new Map<string, string[]>();
  for (const { topic, partition, records } of machine.takeOutputs()) {
    // A fold's outputs are text.
    made.set(`${topic}/${partition}`, records.map(({ value }) => value as string));
  }
  for (const topic of WRITTEN) {
    for (let partition = 0; partition < partitions[topic as MessageTopic]; partition++) {
      const place = `${topic}/${partition}`;
      const inLog = [...found.get(place)?.get(channel)?.values() ?? []];
      assert.deepEqual(inLog, made.get(place) ?? [], `${place} from ${channel}`);
      compared.outputs += inLog.length;
    }
  }
  return machine;
}

/** Everything that folds wrote, repeats removed; a repeat must repeat exactly. */
async function outputsInLog(
  log: EventLog,
  partitions: PartitionCounts,
  compared: Compared,
): Promise<Outputs> {
  const outputs: Outputs = new Map();
  for (const topic of WRITTEN) {
    for (let partition = 0; partition < partitions[topic as MessageTopic]; partition++) {
      outputs.set(`${topic}/${partition}`, await channelsOf(log, { topic, partition }, compared));
    }
  }
  return outputs;
}

async function channelsOf(log: EventLog, place: TopicPartition, compared: Compared) {
  const channels = new Map<string, Map<string, string>>();
  for await (const { text, offset } of readRange(log, place)) {
    const message = derived(text);
    const channel = message === null ? null : channelOf(message.id);
    if (text === null || message === null || channel === null) continue;
    let ids = channels.get(channel);
    if (ids === undefined) channels.set(channel, ids = new Map());
    const before = ids.get(message.id);
    if (before === undefined) {
      ids.set(message.id, text);
      continue;
    }
    assert.equal(text, before, `${place.topic}/${place.partition}/${offset} repeats otherwise`);
    compared.repeats++;
  }
  return channels;
}

/** The id of a derived message; null for anything else that stands in a topic. */
function derived(text: string | null): { readonly id: string } | null {
  if (text === null) return null;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null; // Bytes that a faulty producer sent.
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return null;
  const id: unknown = Reflect.get(json, "id");
  const isDerived = typeof id === "string" && typeof Reflect.get(json, "sequence") === "number" &&
    typeof Reflect.get(json, "causationId") === "string";
  return isDerived && /^[a-z-]+\/\d+\/\d+\/\d+$/.test(id) ? { id } : null;
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
