/**
 * A floor of real folds on a log in memory, one partition of each topic, where a test says who sends what
 * when, who folds when, and who dies before what was committed.
 */

import type { Fold } from "../../../actors/fold/fold.ts";
import { type PartitionCounts, PartitionFold } from "../../../actors/fold/partition_fold.ts";
import { FOLD_VERSIONS } from "../../../actors/floor/fold_versions.ts";
import { orderGatewayFold } from "../../../actors/order_gateway/order_gateway_fold.ts";
import { tradingEngineFold } from "../../../actors/trading_engine/trading_engine_fold.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import type { RuntimeEvent, RuntimeEventBody } from "../../../actors/runtime/runtime_events.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import {
  DEFAULT_GATEWAY_LIMITS,
  type FloorParameters,
  type GatewayLimits,
  type MessageTopic,
} from "../../../kafka/messages/mod.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../kafka/topics.ts";
import type { ActorLog } from "../../../sim/actor_log/actor_log.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { plainActorLog } from "../actor_log/plain_actor_log.ts";

/** When the floor is opened: noon. */
export const NOON = Date.UTC(2026, 10, 22, 12);

/** What each role's only instance serves. */
const SERVED = {
  "order-gateway": "order-commands/0",
  "trading-engine": "orders/0",
  "portfolio-manager": "notifications/0",
  "notifier": "notifications/0",
} as const;

type Folding = "order-gateway" | "trading-engine";

/** What serves one partition, from its first record on. */
class Station<State, T extends MessageTopic> {
  readonly #fold: Fold<State, T>;
  readonly #log: EventLog;
  readonly #counts: PartitionCounts;
  #machine: PartitionFold<State, T>;

  constructor(fold: Fold<State, T>, log: EventLog, counts: PartitionCounts) {
    this.#fold = fold;
    this.#log = log;
    this.#counts = counts;
    this.#machine = this.#begun();
  }

  /** Folds what is there and publishes what follows; whether there was any. */
  async serve(): Promise<boolean> {
    const from = this.#machine.nextOffset;
    await this.#foldOn(from);
    return this.#machine.nextOffset > from;
  }

  /** Dies, comes back, and folds again: aloud from an offset on. */
  async comeBack(committed: number): Promise<void> {
    this.#machine = this.#begun();
    await this.#foldOn(committed);
  }

  async #foldOn(aloudFrom: number): Promise<void> {
    const at = { topic: this.#fold.topic, partition: 0 };
    for await (const record of readRange(this.#log, at, { from: this.#machine.nextOffset })) {
      this.#machine.apply(record, { publishing: record.offset >= aloudFrom });
      const outputs = this.#machine.takeOutputs();
      if (outputs.length > 0) await this.#log.publish(outputs);
    }
  }

  #begun(): PartitionFold<State, T> {
    return new PartitionFold({
      fold: this.#fold,
      context: { topic: this.#fold.topic, partition: 0, partitions: 1 },
      partitions: this.#counts,
    });
  }
}

/** Fields of an order. A price of null: at the market. */
export interface Wish {
  readonly side: "buy" | "sell";
  readonly quantity: number;
  readonly price: number | null;
  readonly symbol?: string;
}

/** The floor. */
export class StagedFloor {
  readonly log: EventLog;
  readonly events: RuntimeEvent[] = [];
  readonly #clock: FakeClock;
  readonly #stations: Readonly<Record<Folding, Station<unknown, MessageTopic>>>;
  #number = 0;

  private constructor(log: EventLog, clock: FakeClock, counts: PartitionCounts) {
    this.log = log;
    this.#clock = clock;
    this.#stations = {
      // Folds of any state are served alike.
      "order-gateway": new Station(orderGatewayFold, log, counts) as Station<unknown, MessageTopic>,
      "trading-engine": new Station(tradingEngineFold, log, counts) as Station<
        unknown,
        MessageTopic
      >,
    };
  }

  static async open({ limits = {} }: { readonly limits?: Partial<GatewayLimits> } = {}) {
    const clock = new FakeClock(NOON);
    const log = await openMemoryLog({ clock });
    const settings = topicSettings();
    const counts = Object.fromEntries(settings.map(({ name }) => [name, 1]));
    await log.createTopics(settings.map((each) => ({ ...each, partitions: 1 })));
    // Every topic of the table is there.
    const floor = new StagedFloor(log, clock, counts as PartitionCounts);
    const parameters: FloorParameters = {
      foldVersions: FOLD_VERSIONS,
      partitions: counts,
      symbols: [{ symbol: "AAPL", tickSize: 0.01, lotSize: 1 }],
      cashDecimals: 2,
      limits: { ...DEFAULT_GATEWAY_LIMITS, ...limits },
    };
    const opened = { type: "floor-opened", id: "floor", correlationId: "floor", timestamp: NOON };
    for (const topic of ["order-commands", "orders", "notifications"] as const) {
      await floor.#publish(topic, { key: null, value: JSON.stringify({ ...opened, parameters }) });
    }
    for (const [role, partition] of Object.entries(SERVED)) {
      floor.happens(role, 1, { kind: "assigned", generation: 1, partitions: [partition] });
    }
    return floor;
  }

  /** Lets time go on to so many milliseconds after noon. */
  at(ms: number): this {
    this.#clock.leap(NOON + ms - this.#clock.now());
    return this;
  }

  /** An account, opened and served. */
  async opens(userId: string, cash: number, holdings: Readonly<Record<string, number>> = {}) {
    const open = { type: "open-account", userId, commandId: "open", cash, holdings };
    await this.#sendByIntent(open, `${userId}/open`);
    await this.serveAll();
  }

  /** `bob/7` sends Bob's order 7 and is served by all. */
  async order(who: string, wish: Wish): Promise<void> {
    await this.sends(who, wish);
    await this.serveAll();
  }

  /** An intent and its command, which nobody has served yet. */
  async sends(who: string, wish: Wish): Promise<void> {
    await this.#sendByIntent(orderOf(who, wish), who);
  }

  /** An intent without its command. */
  async intends(who: string, wish: Wish): Promise<void> {
    await this.#intend(orderOf(who, wish), who);
  }

  async cancels(who: string, cancelId: string): Promise<void> {
    const [userId = "", orderId = ""] = who.split("/");
    await this.#sendByIntent({ type: "cancel-order", userId, orderId, cancelId }, who);
    await this.serveAll();
  }

  /** Bytes that are no message, under a user's key. */
  async garbage(userId: string): Promise<void> {
    await this.#publish("order-commands", { key: userId, value: "{not json" });
    await this.serveAll();
  }

  /** Until nothing is left to fold. */
  async serveAll(): Promise<void> {
    for (let moved = true; moved;) {
      moved = false;
      for (const role of ["order-gateway", "trading-engine"] as const) {
        moved = await this.serve(role) || moved;
      }
    }
  }

  async serve(role: Folding): Promise<boolean> {
    return await this.#stations[role].serve();
  }

  /** A role dies; so much was committed; it comes back. What happens to it is told as events. */
  async dies(role: Folding, { committed }: { readonly committed: number }): Promise<void> {
    const partition = SERVED[role];
    this.happens(role, 1, { kind: "failure", reason: "crashed", error: "a test says so" });
    this.happens(role, 1, {
      kind: "restart",
      delayMs: 0,
      failures: 1,
      maxRestarts: 5,
      withinMs: 30_000,
    });
    this.happens(role, 1, { kind: "down", reason: "crashed", confirmed: true });
    this.happens(role, 2, { kind: "assigned", generation: 2, partitions: [partition] });
    this.happens(role, 2, {
      kind: "recovered",
      partition,
      snapshotOffset: 0,
      committedOffset: committed,
      folded: committed,
    });
    await this.#stations[role].comeBack(committed);
    await this.serveAll();
  }

  /** A runtime event of a role's only instance. */
  happens(role: string, incarnation: number, body: RuntimeEventBody): void {
    this.events.push({
      ...body,
      at: this.#clock.now(),
      number: this.events.length,
      actor: `${role}-0`,
      incarnation,
    });
  }

  /** The floor's run, to be told. It is closed with what is given. */
  async run(): Promise<ActorLog> {
    return await plainActorLog(this.log, { events: this.events, runId: "staged" });
  }

  async #sendByIntent(command: Readonly<Record<string, unknown>>, correlationId: string) {
    const { value, key } = await this.#intend(command, correlationId);
    await this.#publish("order-commands", { key, value });
  }

  async #intend(command: Readonly<Record<string, unknown>>, correlationId: string) {
    const number = this.#number++;
    const timestamp = this.#clock.now();
    const envelope = { id: `desk/${number}`, correlationId, timestamp };
    const value = JSON.stringify({ ...command, ...envelope });
    const key = String(command["userId"]);
    const intent = {
      type: "intent",
      ...envelope,
      producer: "desk",
      number,
      intendedAt: timestamp,
      partition: 0,
      key,
      value,
      encoding: "text",
    };
    await this.#publish("intents", { key: "desk", value: JSON.stringify(intent) });
    return { value, key };
  }

  async #publish(topic: MessageTopic, record: { key: string | null; value: string }) {
    const records = [{ ...record, timestamp: this.#clock.now() }];
    await this.log.publish([{ topic, partition: 0, records }]);
  }
}

function orderOf(who: string, { symbol = "AAPL", ...wish }: Wish) {
  const [userId = "", orderId = ""] = who.split("/");
  return { type: "place-order", userId, orderId, symbol, ...wish };
}
