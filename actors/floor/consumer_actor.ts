/**
 * A consumer of any role, made from its name: what its partitions' work is and which questions it
 * answers. Role modules are loaded when they are needed, so a worker carries its own role only.
 *
 * @module
 */

import type { EventLog, TopicPartition } from "../../kafka/event_log.ts";
import type { MessageTopic } from "../../kafka/messages/mod.ts";
import { catchUp } from "../consumer/catch_up.ts";
import { Consumer, type ConsumerOptions } from "../consumer/consumer.ts";
import { FoldProcessor } from "../consumer/fold_processor.ts";
import type { Fold } from "../fold/fold.ts";
import { type PartitionCounts, zeroCounters } from "../fold/partition_fold.ts";
import { SnapshotStore } from "../fold/snapshot_store.ts";
import { lazyModule } from "../lazy_module.ts";
import type { Actor, ActorStart } from "../runtime/actor.ts";
import type { Clock } from "../runtime/clock.ts";
import { type ConsumerRole, TOPOLOGY } from "../topology.ts";

/** What every consumer is told. Plain data. */
export interface ConsumerSettings {
  readonly partitions: PartitionCounts;
  /** Where the audit logger writes; null: the floor keeps no audit log. */
  readonly auditFolder: string | null;
  readonly sessionTimeoutMs?: number;
  /** Records folded between two snapshots; left out: as folds have it. */
  readonly snapshotEveryRecords?: number;
}

/** What a consumer works with besides. */
export interface ConsumerSurroundings {
  readonly log: EventLog;
  readonly clock: Clock;
  /** Aborts when the incarnation is no more, for what nobody closes then. Left out: its thread ends with it. */
  readonly ended?: AbortSignal;
  /** Called when the consumer ends, however it ends. */
  readonly close?: () => Promise<void>;
}

/** The roles' modules; a worker carries those of its own role only. */
const MODULES = {
  gateway: lazyModule(() => import("../order_gateway/order_gateway_fold.ts")),
  engine: lazyModule(() => import("../trading_engine/trading_engine_fold.ts")),
  portfolio: lazyModule(() => import("../portfolio_manager/portfolio_fold.ts")),
  portfolioQuestions: lazyModule(() => import("../portfolio_manager/portfolio_questions.ts")),
  notifier: lazyModule(() => import("../notifier/notifier_processor.ts")),
  audit: lazyModule(() => import("../audit_logger/audit_processor.ts")),
} as const;

/** Loads every role, so that none is loaded later: where time is virtual, modules must be there before. */
export async function preloadRoles(): Promise<void> {
  await Promise.all(Object.values(MODULES).map((load) => load()));
}

type Role = Pick<ConsumerOptions, "open" | "ask" | "counters" | "gatherMs" | "hearsLastWords">;

/** How long roles gather whose outputs no order waits for. */
const GATHER_MS = { "portfolio-manager": 10, "notifier": 20, "audit-logger": 25 } as const;

/** Makes the consumer that `start.role` names. @throws {Error} for a role that consumes nothing */
export async function createConsumerActor(
  start: ActorStart<ConsumerSettings>,
  surroundings: ConsumerSurroundings,
): Promise<Actor> {
  if (!isConsumerRole(start.role)) {
    throw new Error(`Cannot start ${start.id}: "${start.role}" is no consumer's role`);
  }
  const { sessionTimeoutMs } = start.options;
  return new Consumer({
    start,
    ...surroundings,
    group: start.role,
    topics: TOPOLOGY[start.role].reads,
    ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
    ...await roleOf(start.role, start, surroundings),
  });
}

/** Whether a name is that of a role that consumes. */
export function isConsumerRole(name: string): name is ConsumerRole {
  return name in TOPOLOGY && TOPOLOGY[name as ConsumerRole].kind === "consumer";
}

function roleOf(
  role: ConsumerRole,
  start: ActorStart<ConsumerSettings>,
  surroundings: ConsumerSurroundings,
): Promise<Role> {
  switch (role) {
    case "order-gateway":
      return gateway(start, surroundings);
    case "trading-engine":
      return engine(start, surroundings);
    case "portfolio-manager":
      return portfolioManager(start, surroundings);
    case "notifier":
      return notifier();
    case "audit-logger":
      return auditLogger(start, surroundings);
  }
}

function folding<State, T extends MessageTopic>(
  fold: Fold<State, T>,
  start: ActorStart<ConsumerSettings>,
  { log, clock }: ConsumerSurroundings,
): Role {
  const counters = zeroCounters();
  const { partitions, snapshotEveryRecords } = start.options;
  return {
    open: (assigned, context) =>
      FoldProcessor.open({
        ...context,
        ...(snapshotEveryRecords === undefined ? {} : { snapshotEveryRecords }),
        fold,
        partition: assigned.partition,
        partitions,
        log,
        clock,
        counters,
        tell: start.tell,
      }),
    counters: () => ({ ...counters }),
  };
}

async function gateway(
  start: ActorStart<ConsumerSettings>,
  surroundings: ConsumerSurroundings,
): Promise<Role> {
  const { orderGatewayFold } = await MODULES.gateway();
  return folding(orderGatewayFold, start, surroundings);
}

async function engine(
  start: ActorStart<ConsumerSettings>,
  surroundings: ConsumerSurroundings,
): Promise<Role> {
  const { tradingEngineFold } = await MODULES.engine();
  return folding(tradingEngineFold, start, surroundings);
}

async function portfolioManager(
  start: ActorStart<ConsumerSettings>,
  surroundings: ConsumerSurroundings,
): Promise<Role> {
  const { portfolioFold } = await MODULES.portfolio();
  const { answerPortfolioQuestion } = await MODULES.portfolioQuestions();
  return {
    ...folding(portfolioFold, start, surroundings),
    gatherMs: GATHER_MS["portfolio-manager"],
    ask: (question, processors) =>
      answerPortfolioQuestion(question, processors, {
        log: surroundings.log,
        partitions: start.options.partitions.notifications,
      }),
  };
}

async function notifier(): Promise<Role> {
  const { NotifierProcessor } = await MODULES.notifier();
  const counters = { delivered: 0, unreadable: 0 };
  return {
    gatherMs: GATHER_MS.notifier,
    open: (_assigned, { committed }) =>
      Promise.resolve(new NotifierProcessor({ position: committed, counters })),
    counters: () => ({ ...counters }),
  };
}

async function auditLogger(
  start: ActorStart<ConsumerSettings>,
  { log, clock, ended }: ConsumerSurroundings,
): Promise<Role> {
  const { auditPlace, openAuditProcessor, segmentsOf } = await MODULES.audit();
  const { partitions, auditFolder, snapshotEveryRecords = Infinity } = start.options;
  if (auditFolder === null) {
    throw new Error(`Cannot start ${start.id}: the floor has no folder for the audit log`);
  }
  const { id: instance, incarnation } = start;
  const place = auditPlace({ folder: auditFolder, instance, incarnation });
  ended?.addEventListener("abort", () => place.files.closeAll());
  const snapshotsOf = (source: TopicPartition) => {
    const role = start.role;
    const store = new SnapshotStore({ log, clock, role, source, partitions: partitions.snapshots });
    return {
      loadSnapshot: async () => (await store.load()).snapshot,
      saveSnapshot: (offset: number, bytes: Uint8Array) => store.save({ offset, bytes }),
    };
  };
  return {
    gatherMs: GATHER_MS["audit-logger"],
    hearsLastWords: true,
    open: async (assigned, { committed, signal, heartbeat }) => {
      const processor = await openAuditProcessor(assigned, {
        place,
        snapshotSegments: segmentsOf(snapshotEveryRecords),
        ...snapshotsOf(assigned),
      });
      await catchUp(processor, assigned, { log, committed, signal, heartbeat });
      return processor;
    },
  };
}
