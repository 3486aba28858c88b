/**
 * One step, folded with everything that it gives: outcome, outputs, and the state on both sides.
 *
 * @module
 */

import type { FoldCounters, PartitionFold } from "../../../actors/fold/partition_fold.ts";
import type { RecordTrace } from "../../../actors/fold/record_trace.ts";
import type { LogRecord, RecordBatch } from "../../../kafka/event_log.ts";
import {
  channelOf,
  decodeRecord,
  type Message,
  type MessageTopic,
  parseOrigin,
} from "../../../kafka/messages/mod.ts";
import type { StateLens } from "../views/state_view.ts";
import type { FoldedOutput, FoldedStep } from "./step_folder.ts";

/**
 * Folds the next record of a partition.
 * @throws what the fold throws; it must then be thrown away
 */
export function foldAloud<State, T extends MessageTopic>(
  fold: PartitionFold<State, T>,
  record: LogRecord,
  { topic, lens }: { readonly topic: T; readonly lens: StateLens<State, T> },
): FoldedStep {
  const decoded = decodeRecord(topic, record);
  const about = { message: decoded.ok ? decoded.message : null, key: record.key };
  const before = lens.view(fold.state, about);
  const trace = new OutcomeTrace();
  fold.apply(record, { publishing: true, trace });
  const after = lens.view(fold.state, about);
  const { outcome } = trace;
  const outputs = outputsOf(fold.takeOutputs());
  const next = outcome === "repeat" ? nextAfterRepeat(fold, about.message) : null;
  return { outcome, before, after, outputs, ...(next === null ? {} : { nextSequence: next }) };
}

/** What its channel was to bring instead: a repeat leaves that as it is. */
function nextAfterRepeat<State, T extends MessageTopic>(
  fold: PartitionFold<State, T>,
  message: Message | null,
): number | null {
  const channel = message === null ? null : channelOf(message.id);
  return channel === null ? null : fold.nextSequenceFrom(channel);
}

/** Hears what a record counts as. */
class OutcomeTrace implements RecordTrace {
  readonly headers = {};
  outcome: FoldedStep["outcome"] = "applied";

  decoded(): void {}

  emitted(): void {}

  counted(what: keyof FoldCounters): void {
    if (what === "repeats") this.outcome = "repeat";
    else if (what === "malformed" || what === "refused" || what === "skipped") this.outcome = what;
  }
}

function outputsOf(batches: readonly RecordBatch[]): readonly FoldedOutput[] {
  const outputs = batches.flatMap(({ topic, partition, records }) =>
    records.map(({ key, value, timestamp }): FoldedOutput => {
      const text = value as string; // A fold's outputs are texts, with a stamp.
      const message = JSON.parse(text) as Message; // Of the floor's own folds.
      return {
        index: parseOrigin(message.id)!.index, // A derived message's id is its origin.
        topic: topic as FoldedOutput["topic"], // A fold writes to topics of the floor.
        partition,
        key,
        message,
        text,
        timestamp: timestamp!,
      };
    })
  );
  return outputs.sort((one, other) => one.index - other.index);
}
