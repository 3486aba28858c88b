/**
 * Folding again, slow and obvious: every step is folded from the partition's first record.
 */

import type { Fold } from "../../../actors/fold/fold.ts";
import {
  type FoldCounters,
  type PartitionCounts,
  PartitionFold,
  zeroCounters,
} from "../../../actors/fold/partition_fold.ts";
import { loadPoisonMarks } from "../../../actors/fold/poison_marks.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import { orderGatewayFold } from "../../../actors/order_gateway/order_gateway_fold.ts";
import { portfolioFold } from "../../../actors/portfolio_manager/portfolio_fold.ts";
import { tradingEngineFold } from "../../../actors/trading_engine/trading_engine_fold.ts";
import type { EventLog, RecordBatch } from "../../../kafka/event_log.ts";
import {
  channelOf,
  decodeText,
  type MessageTopic,
  parseOrigin,
} from "../../../kafka/messages/mod.ts";
import type { TopicName } from "../../../kafka/topics.ts";
import type { RecordPlace } from "../../../sim/actor_log/record_place.ts";
import { readRecordOf } from "../../../sim/actor_log/record_reader.ts";
import type {
  FoldedOutput,
  FoldedStep,
  StepFolder,
} from "../../../sim/actor_log/states/step_folder.ts";
import { LENSES } from "../../../sim/actor_log/views/lenses.ts";
import type { StateLens } from "../../../sim/actor_log/views/state_view.ts";

/** Folds steps of a log that nobody writes to. */
export function plainFolder(log: EventLog, partitions: PartitionCounts): StepFolder {
  return {
    step(role, place) {
      switch (role) {
        case "order-gateway":
          return foldStep({ log, partitions, fold: orderGatewayFold, lens: LENSES[role] }, place);
        case "trading-engine":
          return foldStep({ log, partitions, fold: tradingEngineFold, lens: LENSES[role] }, place);
        case "portfolio-manager":
          return foldStep({ log, partitions, fold: portfolioFold, lens: LENSES[role] }, place);
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function foldStep<State, T extends MessageTopic>(
  { log, partitions, fold, lens }: {
    readonly log: EventLog;
    readonly partitions: PartitionCounts;
    readonly fold: Fold<State, T>;
    readonly lens: StateLens<State, T>;
  },
  place: RecordPlace,
): Promise<FoldedStep> {
  const source = { topic: fold.topic, partition: place.partition };
  const counters = zeroCounters();
  const machine = new PartitionFold({
    fold,
    context: { ...source, partitions: partitions[source.topic] },
    partitions,
    counters,
    skip: await loadPoisonMarks(log, {
      role: fold.role,
      source,
      partitions: partitions["dead-letters"],
    }),
  });
  for await (const record of readRange(log, source, { to: place.offset + 1 })) {
    if (record.offset < place.offset) {
      machine.apply(record, { publishing: false });
      continue;
    }
    const about = {
      // Decoded by the fold's own topic.
      message: readRecordOf(record, place).message as Parameters<typeof lens.view>[1]["message"],
      key: record.key,
    };
    const before = lens.view(machine.state, about);
    machine.apply(record, { publishing: true });
    const outcome = outcomeOf(counters);
    const channel = channelOf(about.message?.id ?? "");
    const next = channel === null ? null : machine.nextSequenceFrom(channel);
    return {
      outcome,
      ...(outcome === "repeat" && next !== null ? { nextSequence: next } : {}),
      before,
      after: lens.view(machine.state, about),
      outputs: outputsOf(machine.takeOutputs()),
    };
  }
  throw new RangeError(
    `Cannot fold ${source.topic}/${source.partition}/${place.offset}: not there`,
  );
}

function outcomeOf(counters: FoldCounters): FoldedStep["outcome"] {
  if (counters.skipped > 0) return "skipped";
  if (counters.malformed > 0) return "malformed";
  if (counters.refused > 0) return "refused";
  return counters.repeats > 0 ? "repeat" : "applied";
}

function outputsOf(batches: readonly RecordBatch[]): readonly FoldedOutput[] {
  const outputs = batches.flatMap(({ topic, partition, records }) =>
    records.map(({ key, value, timestamp }): FoldedOutput => {
      const text = String(value);
      // What folds write to, and what they write.
      const decoded = decodeText(topic as MessageTopic, text);
      if (!decoded.ok) throw new Error(`A fold gave what is no message: ${decoded.error}`);
      const { message } = decoded;
      const index = parseOrigin(message.id)?.index ?? 0;
      return {
        index,
        topic: topic as TopicName,
        partition,
        key,
        message,
        text,
        timestamp: timestamp!,
      };
    })
  );
  return outputs.sort((a, b) => a.index - b.index);
}
