/**
 * A trading floor by hand, in one thread and a few pages, that writes the records a real floor would
 * write. A test may tamper with each derived message on its way into the log.
 *
 * @module
 */

import type { FloorParameters } from "../../../../kafka/messages/mod.ts";
import { DEFAULT_GATEWAY_LIMITS } from "../../../../kafka/messages/mod.ts";
import { partitionForKey } from "../../../../kafka/partitioner.ts";
import { type TopicName, topicSettings } from "../../../../kafka/topics.ts";
import { ArrayLog } from "./array_log.ts";

type Fields = Record<string, unknown>;

/** Partitions of every topic. */
export const PARTITIONS = 2;

/** Cash units for one tick of one lot. */
export const UNITS = 1;

/** Turns a derived message into what is really written; null loses it. */
export type Tamper = (topic: TopicName, message: Fields) => Fields | null;

interface Cause {
  readonly topic: TopicName;
  readonly partition: number;
  readonly offset: number;
  readonly id: string;
  index: number;
}

interface HandOrder {
  readonly user: string;
  readonly id: string;
  readonly number: number;
  readonly symbol: string;
  readonly side: string;
  readonly limit: number | null;
  open: number;
  reserved: number;
}

/** What {@link HandFloor.place} takes. Prices in ticks are whole cash amounts here. */
export interface HandPlacement {
  readonly user: string;
  readonly id: string;
  readonly symbol?: string;
  readonly side: "buy" | "sell";
  readonly lots: number;
  readonly price?: number;
  readonly protectionPrice?: number;
  readonly timeInForce?: "gtc" | "ioc";
}

/** The floor: AAPL and MSFT, tick 1, lot 1, cash in whole units. */
export class HandFloor {
  readonly log = new ArrayLog(PARTITIONS);
  readonly #tamper: Tamper;
  readonly #sequences = new Map<string, number>();
  readonly #cash = new Map<string, number>();
  readonly #answers = new Map<string, { readonly body: string; readonly answer: Fields }>();
  readonly #orders = new Map<string, HandOrder>();
  readonly #counts = Array.from({ length: PARTITIONS }, () => 0);
  #resting: HandOrder[] = [];
  readonly #quotes = new Map<string, string>();
  #trades = 0;
  #intents = 0;

  constructor(options: { readonly tamper?: Tamper } = {}) {
    this.#tamper = options.tamper ?? ((_, message) => message);
    const message = {
      type: "floor-opened",
      id: "floor",
      correlationId: "floor",
      timestamp: 1,
      parameters: handParameters(),
    };
    for (const topic of ["order-commands", "orders", "notifications"] as const) {
      for (let partition = 0; partition < PARTITIONS; partition++) {
        this.log.append(topic, partition, { value: JSON.stringify(message) });
      }
    }
  }

  open(user: string, cash: number, holdings: Record<string, number> = {}): void {
    const cause = this.#send("open-account", user, { commandId: `open-${user}`, cash, holdings });
    this.#cash.set(user, cash);
    this.#answer(cause, user, {
      type: "account-opened",
      duplicate: false,
      userId: user,
      commandId: `open-${user}`,
      cashUnits: cash,
      holdings,
    });
  }

  deposit(user: string, depositId: string, amount: number): void {
    const cause = this.#send("deposit", user, { depositId, amount });
    this.#cash.set(user, this.#cash.get(user)! + amount);
    const answer = { userId: user, depositId, amountUnits: amount };
    this.#answer(cause, user, { type: "deposit-accepted", duplicate: false, ...answer });
  }

  place(placement: HandPlacement): void {
    const { user, id, symbol = "AAPL", side, lots, price } = placement;
    const { protectionPrice, timeInForce } = placement;
    const body = { symbol, side, quantity: lots, price, protectionPrice, timeInForce };
    const cause = this.#send("place-order", user, { orderId: id, ...body });
    const names = { userId: user, orderId: id, clientTimestamp: 5 };
    const refuse = (reason: string) => ({
      type: "order-rejected",
      duplicate: false,
      ...names,
      reason,
      detail: "",
    });
    const first = this.#answers.get(`${user}/${id}`);
    if (first !== undefined) {
      const same = first.body === JSON.stringify(body);
      this.#answer(
        cause,
        user,
        same ? { ...first.answer, duplicate: true } : refuse("id-conflict"),
      );
      return;
    }
    const answer = symbol === "AAPL" || symbol === "MSFT"
      ? this.#accept(cause, { ...placement, symbol })
      : refuse("unknown-symbol");
    this.#answers.set(`${user}/${id}`, { body: JSON.stringify(body), answer });
    this.#answer(cause, user, answer);
    if (answer.type === "order-placed") this.#handOver(cause, placement);
  }

  cancel(user: string, id: string, cancelId: string): void {
    const cause = this.#send("cancel-order", user, { orderId: id, cancelId });
    const names = { userId: user, orderId: id, clientTimestamp: 5, cancelId };
    this.#answer(cause, user, { type: "cancel-accepted", duplicate: false, ...names });
    const order = this.#orders.get(`${user}/${id}`)!;
    const body = { userId: user, orderId: id, orderNumber: order.number, cancelId };
    const cancel = { type: "cancel-requested", ...body, symbol: order.symbol };
    const engine = this.#emit(cause, { topic: "orders", key: order.symbol, body: cancel });
    if (engine === null) return;
    if (!this.#resting.includes(order)) {
      const missed = { type: "cancel-missed", ...body, symbol: order.symbol };
      this.#emit(engine, { topic: "notifications", key: user, body: missed });
      return;
    }
    this.#resting = this.#resting.filter((each) => each !== order);
    this.#end(engine, order, "requested");
    this.#quote(engine, order.symbol);
  }

  /** Bytes that are no command, set aside as the gateway would. */
  malformed(user: string, value: string, options: { readonly letter?: boolean } = {}): void {
    const partition = partitionForKey(user, PARTITIONS);
    this.#intend(`bad-${this.#intents}`, { partition, key: user, value });
    const offset = this.log.append("order-commands", partition, { key: user, value });
    if (options.letter === false) return;
    const origin = `order-commands/${partition}`;
    const cause: Cause = {
      topic: "order-commands",
      partition,
      offset,
      id: `${origin}/${offset}`,
      index: 0,
    };
    this.#emit(cause, {
      topic: "dead-letters",
      key: origin,
      body: {
        type: "dead-letter",
        role: "order-gateway",
        topic: "order-commands",
        partition,
        offset,
        kind: "malformed",
        error: "not JSON",
        key: user,
        valueBase64: btoa(value),
        valueBytes: value.length,
      },
    });
  }

  /** Sends the last command of a user again, unchanged, as a producer does after a crash. */
  resendLast(user: string): void {
    const partition = partitionForKey(user, PARTITIONS);
    const records = this.log.records("order-commands", partition);
    const last = records.findLast(({ key, value }) => key === user && isCommand(value))!;
    const message = JSON.parse(String(last.value));
    const offset = this.log.append("order-commands", partition, { ...last });
    const cause: Cause = {
      topic: "order-commands",
      partition,
      offset,
      id: message.id,
      index: 0,
    };
    const { answer } = this.#answers.get(`${user}/${message.orderId}`)!;
    this.#answer(cause, user, { ...answer, duplicate: true });
  }

  /** The producer says that all it intended is in the log. */
  acknowledge(before = this.#intents): void {
    const message = {
      type: "intents-acknowledged",
      id: `ack-${before}`,
      correlationId: "producer-0",
      timestamp: 5,
      producer: "producer-0",
      before,
    };
    this.log.append("intents", 0, { key: "producer-0", value: JSON.stringify(message) });
  }

  /** An intent of its own, without its command. */
  intend(id: string, value: string): void {
    this.#intend(id, { partition: 0, key: "nobody", value });
  }

  #send(type: string, user: string, fields: Fields): Cause {
    const id = `producer-0/${this.#intents}`;
    const message = { type, id, correlationId: id, timestamp: 5, userId: user, ...fields };
    const value = JSON.stringify(message);
    const partition = partitionForKey(user, PARTITIONS);
    this.#intend(id, { partition, key: user, value });
    const offset = this.log.append("order-commands", partition, { key: user, value });
    return { topic: "order-commands", partition, offset, id, index: 0 };
  }

  #intend(id: string, command: { partition: number; key: string; value: string }): void {
    const message = {
      type: "intent",
      id,
      correlationId: id,
      timestamp: 5,
      producer: "producer-0",
      number: this.#intents++,
      intendedAt: 5,
      ...command,
      encoding: "text",
    };
    this.log.append("intents", 0, { key: "producer-0", value: JSON.stringify(message) });
  }

  #accept(cause: Cause, placement: HandPlacement & { readonly symbol: string }): Fields {
    const { user, id, symbol, side, lots } = placement;
    const limit = placement.price ?? placement.protectionPrice ?? null;
    const available = this.#cash.get(user)!;
    const reserved = side === "sell" ? lots : limit === null ? available : limit * lots * UNITS;
    if (side === "buy") this.#cash.set(user, available - reserved);
    const number = this.#counts[cause.partition]!++ * PARTITIONS + cause.partition;
    this.#orders.set(`${user}/${id}`, {
      user,
      id,
      number,
      symbol,
      side,
      limit,
      open: lots,
      reserved,
    });
    return {
      type: "order-placed",
      duplicate: false,
      userId: user,
      orderId: id,
      clientTimestamp: 5,
      orderNumber: number,
      symbol,
      side,
      quantityLots: lots,
      limitTicks: limit,
      reserved,
    };
  }

  #answer(cause: Cause, user: string, body: Fields): void {
    this.#emit(cause, { topic: "notifications", key: user, body });
  }

  #handOver(cause: Cause, placement: HandPlacement): void {
    const order = this.#orders.get(`${placement.user}/${placement.id}`)!;
    const timeInForce = placement.timeInForce ?? (placement.price === undefined ? "ioc" : "gtc");
    const engine = this.#emit(cause, {
      topic: "orders",
      key: order.symbol,
      body: {
        type: "order-accepted",
        userId: order.user,
        orderId: order.id,
        orderNumber: order.number,
        symbol: order.symbol,
        side: order.side,
        quantityLots: order.open,
        limitTicks: order.limit,
        budgetUnits: order.side === "buy" ? order.reserved : null,
        timeInForce,
        clientTimestamp: 5,
      },
    });
    if (engine !== null) this.#match(engine, order, timeInForce);
  }

  #match(engine: Cause, order: HandOrder, timeInForce: string): void {
    let reason = "unfilled";
    while (order.open > 0) {
      const maker = this.#bestAgainst(order);
      if (maker === undefined) break;
      const price = maker.limit!;
      const afford = order.side === "buy" && order.limit === null
        ? Math.floor(order.reserved / (price * UNITS))
        : Infinity;
      const wanted = Math.min(order.open, maker.open);
      const lots = Math.min(wanted, afford);
      if (lots > 0) this.#trade(engine, { taker: order, maker, price, lots });
      if (lots < wanted) {
        reason = "budget";
        break;
      }
    }
    if (order.open > 0) {
      if (timeInForce === "gtc") this.#resting.push(order);
      else this.#end(engine, order, reason);
    }
    this.#quote(engine, order.symbol);
  }

  /** The best price, then the oldest, by looking at all of them. */
  #bestAgainst(order: HandOrder): HandOrder | undefined {
    let best: HandOrder | undefined;
    for (const each of this.#resting) {
      if (each.symbol !== order.symbol || each.side === order.side) continue;
      const gap = order.side === "buy" ? -each.limit! : each.limit!;
      if (order.limit !== null && gap < (order.side === "buy" ? -order.limit : order.limit)) {
        continue;
      }
      const bestGap = best === undefined
        ? -Infinity
        : order.side === "buy"
        ? -best.limit!
        : best.limit!;
      if (gap > bestGap) best = each;
    }
    return best;
  }

  #trade(
    engine: Cause,
    trade: { taker: HandOrder; maker: HandOrder; price: number; lots: number },
  ): void {
    const { taker, maker, price, lots } = trade;
    const { symbol } = taker;
    const terms = {
      symbol,
      priceTicks: price,
      quantityLots: lots,
      tradeId: `${symbol}-${++this.#trades}`,
    };
    const told = { type: "trade", ...terms, aggressor: taker.side };
    this.#emit(engine, { topic: "market-data", key: symbol, body: told });
    for (const order of [taker, maker]) {
      order.open -= lots;
      const { user, id, number, side } = order;
      this.#emit(engine, {
        topic: "notifications",
        key: user,
        body: {
          type: "order-filled",
          userId: user,
          orderId: id,
          clientTimestamp: 5,
          orderNumber: number,
          side,
          remainingLots: order.open,
          liquidity: order === taker ? "taker" : "maker",
          ...terms,
        },
      });
    }
    for (const order of [taker, maker]) {
      const { user, number, side } = order;
      const body = { type: "settle-fill", userId: user, orderNumber: number, side, ...terms };
      this.#emit(engine, { topic: "order-commands", key: user, body });
      this.#settle(order, price, lots);
    }
    if (maker.open === 0) this.#resting = this.#resting.filter((each) => each !== maker);
  }

  #settle(order: HandOrder, price: number, lots: number): void {
    const { user, side, limit } = order;
    const cash = this.#cash.get(user)!;
    if (side === "sell") {
      this.#cash.set(user, cash + price * lots * UNITS);
      order.reserved -= lots;
      return;
    }
    const freed = (limit ?? price) * lots * UNITS;
    order.reserved -= freed;
    const rest = order.open === 0 ? order.reserved : 0;
    order.reserved -= rest;
    this.#cash.set(user, cash + freed - price * lots * UNITS + rest);
  }

  #end(engine: Cause, order: HandOrder, reason: string): void {
    const { user, id, number, symbol, open } = order;
    const rest = { orderNumber: number, symbol, quantityLots: open };
    this.#emit(engine, {
      topic: "notifications",
      key: user,
      body: {
        type: "order-cancelled",
        userId: user,
        orderId: id,
        clientTimestamp: 5,
        ...rest,
        reason,
      },
    });
    const release = { type: "release-order", userId: user, ...rest };
    this.#emit(engine, { topic: "order-commands", key: user, body: release });
    if (order.side === "buy") this.#cash.set(user, this.#cash.get(user)! + order.reserved);
  }

  #quote(engine: Cause, symbol: string): void {
    const best = (side: string, better: (a: number, b: number) => number) => {
      const here = this.#resting.filter((each) => each.symbol === symbol && each.side === side);
      const ticks = here.length === 0 ? null : here.map(({ limit }) => limit!).reduce(better);
      const level = here.filter(({ limit }) => limit === ticks);
      return { ticks, lots: level.reduce((sum, { open }) => sum + open, 0) };
    };
    const bid = best("buy", (a, b) => Math.max(a, b));
    const ask = best("sell", (a, b) => Math.min(a, b));
    const top = {
      bidTicks: bid.ticks,
      bidLots: bid.lots,
      askTicks: ask.ticks,
      askLots: ask.lots,
    };
    const before = this.#quotes.get(symbol) ??
      '{"bidTicks":null,"bidLots":0,"askTicks":null,"askLots":0}';
    if (JSON.stringify(top) === before) return;
    this.#quotes.set(symbol, JSON.stringify(top));
    this.#emit(engine, {
      topic: "market-data",
      key: symbol,
      body: { type: "quote", symbol, ...top },
    });
  }

  /** Writes a derived message. Returns it as a cause, or null when it was lost. */
  #emit(
    cause: Cause,
    { topic, key, body }: { topic: TopicName; key: string; body: Fields },
  ): Cause | null {
    const partition = partitionForKey(key, PARTITIONS);
    const channel = `${cause.topic}/${cause.partition} ${topic}/${partition}`;
    const sequence = this.#sequences.get(channel) ?? 0;
    const id = `${cause.topic}/${cause.partition}/${cause.offset}/${cause.index++}`;
    const envelope = { id, correlationId: key, causationId: cause.id, sequence, timestamp: 5 };
    const message = this.#tamper(topic, { ...body, ...envelope });
    if (message === null) return null;
    this.#sequences.set(channel, sequence + 1);
    const offset = this.log.append(topic, partition, { key, value: JSON.stringify(message) });
    return { topic, partition, offset, id, index: 0 };
  }
}

function isCommand(value: unknown): boolean {
  return typeof value === "string" && value.includes('"id":"producer-0/');
}

/** What the floor was opened with. */
export function handParameters(): FloorParameters {
  return {
    foldVersions: { "order-gateway": 1, "trading-engine": 1 },
    partitions: Object.fromEntries(topicSettings().map(({ name }) => [name, PARTITIONS])),
    symbols: [
      { symbol: "AAPL", tickSize: 1, lotSize: 1 },
      { symbol: "MSFT", tickSize: 1, lotSize: 1 },
    ],
    cashDecimals: 0,
    limits: DEFAULT_GATEWAY_LIMITS,
  };
}
