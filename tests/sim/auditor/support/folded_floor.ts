/**
 * The real gateway and engine folds over arrays, in one thread: partitions are served in a seeded
 * order, and now and then a partition is folded again from an earlier offset, as after a crash.
 *
 * @module
 */

import { tradingEngineFold } from "../../../../actors/trading_engine/trading_engine_fold.ts";
import { orderGatewayFold } from "../../../../actors/order_gateway/order_gateway_fold.ts";
import {
  type PartitionCounts,
  PartitionFold,
  type PartitionFoldOptions,
} from "../../../../actors/fold/partition_fold.ts";
import { FOLD_VERSIONS } from "../../../../actors/floor/fold_versions.ts";
import { type Random, seededRandom } from "../../../../actors/seeded_random.ts";
import { DEFAULT_GATEWAY_LIMITS, type MessageTopic } from "../../../../kafka/messages/mod.ts";
import { partitionForKey } from "../../../../kafka/partitioner.ts";
import { type TopicName, topicSettings } from "../../../../kafka/topics.ts";
import { ArrayLog } from "./array_log.ts";
import { PARTITIONS } from "./hand_floor.ts";
import { savePortfolios } from "./saved_portfolios.ts";

const COUNTS = Object.fromEntries(
  topicSettings().map(({ name }) => [name, PARTITIONS]),
) as PartitionCounts; // every topic is there

const SYMBOLS = ["AAPL", "MSFT", "IBM"];
const USERS = ["ann", "ben", "cat", "dan", "eve", "fay"];

/** One partition's fold, which can be begun again. */
class Served<State, T extends MessageTopic> {
  readonly #log: ArrayLog;
  readonly #options: PartitionFoldOptions<State, T>;
  #fold: PartitionFold<State, T>;

  constructor(log: ArrayLog, options: PartitionFoldOptions<State, T>) {
    this.#log = log;
    this.#options = options;
    this.#fold = new PartitionFold(options);
  }

  /** Folds up to so many records and writes what follows. Returns whether there were any. */
  serve(most: number): boolean {
    const { topic, partition } = this.#options.context;
    const end = this.#log.records(topic, partition).length;
    const until = Math.min(end, this.#fold.nextOffset + most);
    if (this.#fold.nextOffset >= until) return false;
    while (this.#fold.nextOffset < until) this.#apply(true);
    this.#write();
    return true;
  }

  /** Folds again from the start, and publishes again what follows from the last `repeated` records. */
  crash(repeated: number): void {
    const reached = this.#fold.nextOffset;
    this.#fold = new PartitionFold(this.#options);
    while (this.#fold.nextOffset < reached) {
      this.#apply(this.#fold.nextOffset >= reached - repeated);
    }
    this.#write();
  }

  #apply(publishing: boolean): void {
    const { topic, partition } = this.#options.context;
    this.#fold.apply(this.#log.read(topic, partition, this.#fold.nextOffset), { publishing });
  }

  #write(): void {
    for (const { topic, partition, records } of this.#fold.takeOutputs()) {
      // Folds write to the floor's topics only, and text.
      for (const { key, value } of records) {
        this.#log.append(topic as TopicName, partition, { key, value });
      }
    }
  }
}

/** Plays a session of so many commands. */
export function playFolds(seed: number, commands: number): ArrayLog {
  const random = seededRandom(seed, "folded floor");
  const log = new ArrayLog(PARTITIONS);
  openTopics(log);
  const served = Array.from({ length: PARTITIONS }, (_, partition) => {
    const shape = { partition, partitions: PARTITIONS };
    return [
      new Served(log, {
        fold: orderGatewayFold,
        context: { topic: "order-commands", ...shape },
        partitions: COUNTS,
      }),
      new Served(log, {
        fold: tradingEngineFold,
        context: { topic: "orders", ...shape },
        partitions: COUNTS,
      }),
    ];
  }).flat();
  const traders = new Traders(log, random);
  traders.openAccounts();
  for (let sent = 0; sent < commands; sent++) {
    traders.send();
    const one = served[integer(random, 0, served.length - 1)]!;
    if (random() < 0.02) one.crash(integer(random, 1, 20));
    else one.serve(integer(random, 1, 10));
  }
  while (served.some((one) => one.serve(1_000)));
  traders.acknowledge();
  savePortfolios(log);
  return log;
}

function openTopics(log: ArrayLog): void {
  const message = {
    type: "floor-opened",
    id: "floor",
    correlationId: "floor",
    timestamp: 1,
    parameters: {
      foldVersions: FOLD_VERSIONS,
      partitions: COUNTS,
      symbols: SYMBOLS.map((symbol) => ({ symbol, tickSize: 0.05, lotSize: 10 })),
      cashDecimals: 2,
      limits: { ...DEFAULT_GATEWAY_LIMITS, ordersPerSecond: 100, orderBurst: 40 },
    },
  };
  for (const topic of ["order-commands", "orders", "notifications"] as const) {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      log.append(topic, partition, { value: JSON.stringify(message) });
    }
  }
}

/** Sends a mix of everything that clients send. */
class Traders {
  readonly #log: ArrayLog;
  readonly #random: Random;
  #number = 0;
  #sent: { user: string; value: string }[] = [];

  constructor(log: ArrayLog, random: Random) {
    this.#log = log;
    this.#random = random;
  }

  openAccounts(): void {
    for (const user of USERS.slice(1)) {
      const holdings = { AAPL: 5_000, MSFT: 300 };
      this.#send("open-account", user, { commandId: `open ${user}`, cash: 40_000.25, holdings });
    }
  }

  send(): void {
    const random = this.#random;
    const user = USERS[integer(random, 0, USERS.length - 1)]!;
    const kind = random();
    const orderId = `o${integer(random, 0, this.#number)}`;
    if (kind < 0.05) return this.#resend();
    if (kind < 0.08) return this.#write(user, random() < 0.5 ? "{" : '{"type":"no"}');
    if (kind < 0.1) return this.#send("deposit", user, { depositId: `d${orderId}`, amount: 12.5 });
    if (kind < 0.25) {
      return this.#send("cancel-order", user, { orderId, cancelId: `c${this.#number}` });
    }
    const market = random() < 0.2;
    const protection = random() < 0.5 ? { protectionPrice: 10.5 } : {};
    const side = random() < 0.5 ? "buy" : "sell";
    const symbol = random() < 0.05 ? "NONE" : SYMBOLS[integer(random, 0, SYMBOLS.length - 1)]!;
    this.#send("place-order", user, {
      orderId: random() < 0.1 ? orderId : `o${this.#number}`,
      symbol,
      side,
      quantity: integer(random, 1, 30) * (random() < 0.05 ? 3 : 10),
      ...(market ? (side === "buy" ? protection : {}) : { price: this.#price() }),
      ...(random() < 0.1 ? { timeInForce: "ioc" } : {}),
    });
  }

  acknowledge(): void {
    const id = `acknowledged ${this.#number}`;
    const envelope = { id, correlationId: id, timestamp: 5 };
    const message = {
      type: "intents-acknowledged",
      ...envelope,
      producer: "p",
      before: this.#number,
    };
    this.#log.append("intents", 0, { key: "p", value: JSON.stringify(message) });
  }

  #price(): number {
    return (200 + integer(this.#random, -10, 10)) / 20;
  }

  /** The same intent again, unchanged. */
  #resend(): void {
    const again = this.#sent[integer(this.#random, 0, this.#sent.length - 1)];
    if (again !== undefined) this.#append(again.user, again.value);
  }

  #send(type: string, user: string, fields: Record<string, unknown>): void {
    const id = `p/${this.#number}`;
    const message = { type, id, correlationId: id, timestamp: 5, userId: user, ...fields };
    this.#write(user, JSON.stringify(message));
  }

  #write(user: string, value: string): void {
    const number = this.#number++;
    const id = `p/${number}`;
    const intent = {
      type: "intent",
      id,
      correlationId: id,
      timestamp: 5,
      producer: "p",
      number,
      intendedAt: 5,
      partition: partitionForKey(user, PARTITIONS),
      key: user,
      value,
      encoding: "text",
    };
    this.#log.append("intents", 0, { key: "p", value: JSON.stringify(intent) });
    this.#append(user, value);
    this.#sent.push({ user, value });
  }

  #append(user: string, value: string): void {
    this.#log.append("order-commands", partitionForKey(user, PARTITIONS), { key: user, value });
  }
}

/** A whole number from `low` to `high`, both included. */
function integer(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}
