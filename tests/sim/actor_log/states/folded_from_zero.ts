/**
 * Every step of a log, slow and obvious: each partition is folded once from its first record, and every
 * step is kept.
 */

import { createHash } from "node:crypto";
import { type PartitionCounts, PartitionFold } from "../../../../actors/fold/partition_fold.ts";
import { loadPoisonMarks } from "../../../../actors/fold/poison_marks.ts";
import type { Fold } from "../../../../actors/fold/fold.ts";
import { readRange } from "../../../../actors/log_access/read_range.ts";
import { orderGatewayFold } from "../../../../actors/order_gateway/order_gateway_fold.ts";
import { portfolioFold } from "../../../../actors/portfolio_manager/portfolio_fold.ts";
import { tradingEngineFold } from "../../../../actors/trading_engine/trading_engine_fold.ts";
import type { EventLog } from "../../../../kafka/event_log.ts";
import {
  channelOf,
  decodeRecord,
  type Envelope,
  type FloorParameters,
  type MessageTopic,
} from "../../../../kafka/messages/mod.ts";
import type { Lenses } from "../../../../sim/actor_log/states/folded_roles.ts";
import type { FoldedRole, FoldedStep } from "../../../../sim/actor_log/states/step_folder.ts";
import type { StateLens } from "../../../../sim/actor_log/views/state_view.ts";

/** Shows the whole state by its digest: two states look alike only when they are the same. */
export function digestLens<State, T extends MessageTopic>(
  fold: Fold<State, T>,
): StateLens<State, T> {
  return {
    view: (state, { message, key }) => ({
      subject: fold.role,
      value: {
        digest: createHash("sha256").update(fold.encode(state)).digest("hex"),
        message: message?.id ?? null,
        key,
      },
    }),
  };
}

export const DIGEST_LENSES: Lenses = {
  "order-gateway": digestLens(orderGatewayFold),
  "trading-engine": digestLens(tradingEngineFold),
  "portfolio-manager": digestLens(portfolioFold),
};

/** The steps of one partition, by offset. */
export interface FoldedSteps {
  readonly role: FoldedRole;
  readonly topic: "order-commands" | "orders" | "notifications";
  readonly partition: number;
  readonly steps: readonly FoldedStep[];
}

/** All steps of all partitions that have any. */
export async function foldedFromZero(
  log: EventLog,
  parameters: FloorParameters,
): Promise<readonly FoldedSteps[]> {
  const partitions = parameters.partitions as PartitionCounts; // Made with every topic.
  const all: FoldedSteps[] = [];
  for (let partition = 0; partition < partitions["order-commands"]; partition++) {
    const steps = await stepsOf({ log, partitions, fold: orderGatewayFold, partition });
    all.push({ role: "order-gateway", topic: "order-commands", partition, steps });
  }
  for (let partition = 0; partition < partitions.orders; partition++) {
    const steps = await stepsOf({ log, partitions, fold: tradingEngineFold, partition });
    all.push({ role: "trading-engine", topic: "orders", partition, steps });
  }
  for (let partition = 0; partition < partitions.notifications; partition++) {
    const steps = await stepsOf({ log, partitions, fold: portfolioFold, partition });
    all.push({ role: "portfolio-manager", topic: "notifications", partition, steps });
  }
  return all;
}

async function stepsOf<State, T extends MessageTopic>(
  { log, partitions, fold, partition }: {
    readonly log: EventLog;
    readonly partitions: PartitionCounts;
    readonly fold: Fold<State, T>;
    readonly partition: number;
  },
): Promise<readonly FoldedStep[]> {
  const source = { topic: fold.topic, partition };
  const marks = { role: fold.role, source, partitions: partitions["dead-letters"] };
  const machine = new PartitionFold({
    fold,
    context: { ...source, partitions: partitions[fold.topic] },
    partitions,
    skip: await loadPoisonMarks(log, marks),
  });
  const lens = digestLens(fold);
  const steps: FoldedStep[] = [];
  /** By channel: one more than the highest sequence that was taken. */
  const next = new Map<string, number>();
  for await (const record of readRange(log, source)) {
    const decoded = decodeRecord(fold.topic, record);
    const about = { message: decoded.ok ? decoded.message : null, key: record.key };
    const counted = { ...machine.counters };
    const before = lens.view(machine.state, about);
    machine.apply(record, { publishing: true });
    const outcome = (["skipped", "malformed", "refused"] as const)
      .find((what) => machine.counters[what] > counted[what]) ??
      (machine.counters.repeats > counted.repeats ? "repeat" : "applied");
    const outputs = machine.takeOutputs().flatMap(({ topic, partition, records }) =>
      records.map(({ key, value, timestamp }) => {
        const message = JSON.parse(value as string); // A fold's outputs are texts.
        const index = Number(message.id.slice(message.id.lastIndexOf("/") + 1));
        // A fold writes to topics of the floor, with a stamp.
        const at = topic as FoldedStep["outputs"][number]["topic"];
        return {
          index,
          topic: at,
          partition,
          key,
          message,
          text: value as string,
          timestamp: timestamp!,
        };
      })
    );
    outputs.sort((one, other) => one.index - other.index);
    const { id = "", sequence = -1 }: Partial<Envelope> = about.message ?? {};
    const channel = channelOf(id) ?? "";
    const isTaken = outcome === "applied" || outcome === "skipped";
    if (isTaken) next.set(channel, Math.max(next.get(channel) ?? 0, sequence + 1));
    const nextSequence = outcome === "repeat" ? next.get(channel) : undefined;
    steps.push({
      outcome,
      before,
      after: lens.view(machine.state, about),
      outputs,
      ...(nextSequence === undefined ? {} : { nextSequence }),
    });
  }
  return steps;
}
