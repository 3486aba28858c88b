/**
 * A trading floor of real folds, one partition of each topic, that tells every step: Alice and Bob send
 * commands, and whatever follows is folded on the spot.
 *
 * @module
 */

import type { Fold } from "../../../../actors/fold/fold.ts";
import { type PartitionCounts, PartitionFold } from "../../../../actors/fold/partition_fold.ts";
import { FOLD_VERSIONS } from "../../../../actors/floor/fold_versions.ts";
import { orderGatewayFold } from "../../../../actors/order_gateway/order_gateway_fold.ts";
import { portfolioFold } from "../../../../actors/portfolio_manager/portfolio_fold.ts";
import { tradingEngineFold } from "../../../../actors/trading_engine/trading_engine_fold.ts";
import type { LogRecord } from "../../../../kafka/event_log.ts";
import {
  channelOf,
  type ClientCommand,
  decodeRecord,
  decodeText,
  DEFAULT_GATEWAY_LIMITS,
  type FloorParameters,
  type GatewayLimits,
  type MessageTopic,
} from "../../../../kafka/messages/mod.ts";
import { topicSettings } from "../../../../kafka/topics.ts";
import type { FoldedRole } from "../../../../sim/actor_log/states/step_folder.ts";
import type { ReadRecord, SentMessage, Step } from "../../../../sim/actor_log/step.ts";
import { type Decision, decisionOf } from "../../../../sim/actor_log/views/decision.ts";
import { LENSES } from "../../../../sim/actor_log/views/lenses.ts";
import type { StateLens } from "../../../../sim/actor_log/views/state_view.ts";
import { type Units, unitsOf } from "../../../../sim/actor_log/views/units.ts";

/** A record as somebody publishes it. */
interface Published {
  readonly topic: MessageTopic;
  readonly key: string | null;
  readonly value: string;
  readonly timestamp: number;
}

/** Fields of a command that differ from the usual ones. */
export type Wish =
  & { readonly type: ClientCommand["type"]; readonly userId?: string }
  & Readonly<
    Record<string, unknown>
  >;

/** The stamp of a floor's first record: noon. */
export const NOON = Date.UTC(2026, 10, 22, 12);

export function parametersOf(
  limits: Partial<GatewayLimits> = {},
  orderCommandPartitions = 1,
): FloorParameters {
  const partitions = Object.fromEntries(topicSettings().map(({ name }) => [name, 1]));
  return {
    foldVersions: FOLD_VERSIONS,
    partitions: { ...partitions, "order-commands": orderCommandPartitions },
    symbols: [
      { symbol: "AAPL", tickSize: 0.01, lotSize: 1 },
      { symbol: "NICKEL", tickSize: 0.05, lotSize: 100 },
    ],
    cashDecimals: 2,
    limits: { ...DEFAULT_GATEWAY_LIMITS, ...limits },
  };
}

/** One partition of one role, told step by step. */
class Station<State, T extends MessageTopic> {
  readonly machine: PartitionFold<State, T>;
  readonly fold: Fold<State, T>;
  readonly #lens: StateLens<State, T>;

  constructor(
    fold: Fold<State, T>,
    { lens, parameters, skip }: {
      readonly lens: StateLens<State, T>;
      readonly parameters: FloorParameters;
      readonly skip: ReadonlySet<number>;
    },
  ) {
    const partitions = parameters.partitions as PartitionCounts; // all topics are there
    this.fold = fold;
    this.#lens = lens;
    this.machine = new PartitionFold({
      fold,
      context: { topic: fold.topic, partition: 0, partitions: partitions[fold.topic] },
      partitions,
      skip,
    });
  }

  get state(): State {
    return this.machine.state;
  }

  step(record: LogRecord): { readonly step: Step; readonly published: readonly Published[] } {
    const { machine, fold } = this;
    const decoded = decodeRecord(fold.topic, record);
    const message = decoded.ok ? decoded.message : null;
    const view = () => this.#lens.view(machine.state, { message, key: record.key });
    const before = view();
    const counted = { ...machine.counters };
    machine.apply(record, { publishing: true });
    const outcome = (["repeats", "malformed", "refused", "skipped"] as const)
      .find((name) => machine.counters[name] > counted[name]);
    const published = machine.takeOutputs().flatMap(({ topic, records }) =>
      records.map(({ key, value, timestamp }): Published => ({
        // Folds write text, with a stamp, to topics of messages.
        topic: topic as MessageTopic,
        key,
        value: value as string,
        timestamp: timestamp!,
      }))
    );
    const channel = message === null ? null : channelOf(message.id);
    const next = channel === null ? null : machine.nextSequenceFrom(channel);
    const step: Step = {
      // The stations' folds are those of the folded roles.
      actor: fold.role as FoldedRole,
      owner: null,
      record: readRecordOf(record, decoded.ok ? null : decoded.error, message),
      outcome: outcome === undefined ? "applied" : outcome === "repeats" ? "repeat" : outcome,
      before,
      after: view(),
      sent: published.map(sentOf).sort((a, b) => a.index - b.index),
      findings: [],
      ...(outcome === "repeats" && next !== null ? { nextSequence: next } : {}),
    };
    return { step, published };
  }
}

/** Places of outputs are told as if each topic were empty: the floor's own stand in its steps. */
function sentOf({ topic, key, value }: Published): SentMessage {
  const decoded = decodeText(topic, value);
  if (!decoded.ok) throw new Error(decoded.error);
  const index = Number(decoded.message.id.split("/").at(-1));
  return { index, topic, partition: 0, key, message: decoded.message, place: null };
}

function readRecordOf(
  record: LogRecord,
  malformed: string | null,
  message: ReadRecord["message"],
): ReadRecord {
  const { offset, timestamp, key, headers, text, value } = record;
  const topic = record.topic as MessageTopic; // a station's own
  return {
    place: { topic, partition: 0, offset },
    timestamp,
    key,
    headers,
    text,
    bytes: value?.length ?? 0,
    message,
    malformed,
  };
}

export interface StepFloorOptions {
  readonly limits?: Partial<GatewayLimits>;
  /** Partitions of `order-commands`; the floor folds partition 0 of them. */
  readonly orderCommandPartitions?: number;
  /** Poison of `order-commands`. */
  readonly skip?: readonly number[];
}

/** The floor. */
export class StepFloor {
  readonly parameters: FloorParameters;
  readonly units: Units;
  /** All steps so far, in their order. */
  readonly steps: Step[] = [];
  now = NOON;
  readonly #stations;
  readonly #ends = new Map<string, number>();

  constructor({ limits = {}, orderCommandPartitions = 1, skip = [] }: StepFloorOptions = {}) {
    const parameters = parametersOf(limits, orderCommandPartitions);
    this.parameters = parameters;
    this.units = unitsOf(parameters);
    const none = new Set<number>();
    this.#stations = {
      "order-commands": new Station(orderGatewayFold, {
        lens: LENSES["order-gateway"],
        parameters,
        skip: new Set(skip),
      }),
      "orders": new Station(tradingEngineFold, {
        lens: LENSES["trading-engine"],
        parameters,
        skip: none,
      }),
      "notifications": new Station(portfolioFold, {
        lens: LENSES["portfolio-manager"],
        parameters,
        skip: none,
      }),
    };
    const opened = { type: "floor-opened", id: "floor", correlationId: "floor", timestamp: 0 };
    for (const topic of ["order-commands", "orders", "notifications"] as const) {
      this.publish(topic, null, { ...opened, parameters });
    }
  }

  get gateway() {
    return this.#stations["order-commands"];
  }

  get engine() {
    return this.#stations["orders"];
  }

  get portfolios() {
    return this.#stations["notifications"];
  }

  /** Publishes a record and folds it and all that follows. Gives its own step. */
  publish(
    topic: "order-commands" | "orders" | "notifications",
    key: string | null,
    message: object | string,
  ): Step {
    const value = typeof message === "string" ? message : JSON.stringify(message);
    const waiting: Published[] = [{ topic, key, value, timestamp: this.now }];
    const first = this.steps.length;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const record = this.#append(next);
      if (!isFolded(next.topic)) continue;
      const { step, published } = this.#stations[next.topic].step(record);
      this.steps.push(step);
      waiting.push(...published);
    }
    return this.steps[first]!;
  }

  /** Sends a command of a user, an opening's and a deposit's ids being the usual ones. */
  send(wish: Wish, key?: string): Step {
    const { userId = "alice" } = wish;
    const id = `${userId}-${this.steps.length}`;
    const envelope = { id, correlationId: id, timestamp: this.now, userId };
    const ids = { commandId: "open", depositId: "d1", orderId: "1", cancelId: "c1" };
    const message = { ...ids, ...envelope, ...wish };
    return this.publish("order-commands", key ?? userId, message);
  }

  opens(userId: string, cash: number, holdings: Readonly<Record<string, number>> = {}): Step {
    return this.send({ type: "open-account", userId, cash, holdings });
  }

  /** `alice/7` is Alice's order 7. */
  buys(who: string, quantity: number, price: number | null, fields: object = {}): Step {
    return this.#places(who, { side: "buy", quantity, price, ...fields });
  }

  sells(who: string, quantity: number, price: number | null, fields: object = {}): Step {
    return this.#places(who, { side: "sell", quantity, price, ...fields });
  }

  cancels(who: string, cancelId = "c1"): Step {
    const [userId = "", orderId = ""] = who.split("/");
    return this.send({ type: "cancel-order", userId, orderId, cancelId });
  }

  /** The newest step of a role whose record is of a type. */
  last(actor: Step["actor"], type: string, userId?: string): Step {
    const found = this.steps.findLast(({ actor: one, record: { message } }) =>
      one === actor && message?.type === type &&
      (userId === undefined || "userId" in message && message.userId === userId)
    );
    if (found === undefined) throw new Error(`No ${actor} step on ${type}`);
    return found;
  }

  tells(step: Step): Decision {
    return decisionOf(step, { units: this.units });
  }

  #places(who: string, fields: object): Step {
    const [userId = "", orderId = ""] = who.split("/");
    return this.send({ type: "place-order", userId, orderId, symbol: "AAPL", ...fields });
  }

  #append({ topic, key, value, timestamp }: Published): LogRecord {
    const offset = this.#ends.get(topic) ?? 0;
    this.#ends.set(topic, offset + 1);
    const bytes = new TextEncoder().encode(value);
    return { topic, partition: 0, offset, timestamp, key, value: bytes, text: value, headers: {} };
  }
}

/** Alice has cash, Bob has shares. */
export function floorOf(options: StepFloorOptions = {}): StepFloor {
  const floor = new StepFloor(options);
  floor.opens("alice", 10_000);
  floor.opens("bob", 0, { AAPL: 40 });
  return floor;
}

function isFolded(topic: string): topic is "order-commands" | "orders" | "notifications" {
  return topic === "order-commands" || topic === "orders" || topic === "notifications";
}
