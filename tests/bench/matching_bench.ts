/**
 * The matching engine against `npm:nodejs-order-book`, one thread, on the same stream; and the whole
 * fold, from decoded messages to outbox bodies. Run: `deno run tests/bench/matching_bench.ts`.
 *
 * Both get commands that are decoded already, both start with an empty book in every round, and of
 * both every fill is read: price-time priority makes trades and lots the same number, which is
 * checked. Reported is the median round.
 *
 * @module
 */

import { OrderBook as PeerBook, Side as PeerSide } from "nodejs-order-book";
import type { Outbox } from "../../actors/fold/fold.ts";
import { OrderBook } from "../../actors/trading_engine/order_book.ts";
import { tradingEngineFold } from "../../actors/trading_engine/trading_engine_fold.ts";
import { DEFAULT_GATEWAY_LIMITS, type OrderMessage } from "../../kafka/messages/mod.ts";
import { tell } from "./figures.ts";
import { type BenchCommand, matchingStream } from "./matching_stream.ts";

const OPERATIONS = 500_000;
const SEED = 20_261_122;
/** One round of the peer takes seconds. */
const PEER_ROUNDS = 2;
const ROUNDS_PER_PEER_ROUND = 4;
const WANTED_RATIO = 20;

interface Work {
  trades: number;
  lots: number;
  /** Orders resting in the end. */
  live: number;
}

function engineRound(commands: readonly BenchCommand[]): Work {
  const book = new OrderBook({ unitsPerTickLot: 1 });
  const { orders, fills } = book;
  let trades = 0;
  let lots = 0;
  for (const command of commands) {
    if (command.type === "cancel") {
      book.cancel(orders.slotOf(command.orderNumber));
      continue;
    }
    book.place(command.order);
    trades += fills.length;
    for (let i = 0; i < fills.length; i++) lots += fills.lots[i]!;
  }
  return { trades, lots, live: orders.count };
}

type PeerCommand =
  | { type: "cancel"; id: string }
  | { type: "market"; options: { side: PeerSide; size: number } }
  | { type: "limit"; options: { id: string; side: PeerSide; size: number; price: number } };

function peerCommand(command: BenchCommand): PeerCommand {
  if (command.type === "cancel") return { type: "cancel", id: String(command.orderNumber) };
  const { orderNumber, quantityLots: size, limitTicks: price } = command.order;
  const side = command.order.side === "buy" ? PeerSide.BUY : PeerSide.SELL;
  if (price === null) return { type: "market", options: { side, size } };
  return { type: "limit", options: { id: String(orderNumber), side, size, price } };
}

function peerRound(commands: readonly PeerCommand[]): Work {
  const book = new PeerBook();
  let trades = 0;
  let lots = 0;
  for (const command of commands) {
    if (command.type === "cancel") {
      if (book.cancel(command.id) === undefined) throw new Error(`peer lost order ${command.id}`);
      continue;
    }
    const id = command.type === "limit" ? command.options.id : undefined;
    const result = command.type === "limit"
      ? book.limit(command.options)
      : book.market(command.options);
    // The orders that were filled to their end are in `done`, the taker among them; one maker at most
    // is filled in part.
    for (const order of result.done) if (order.id !== id) trades++;
    if (result.partial !== null && result.partial.id !== id) trades++;
    lots += command.options.size - result.quantityLeft;
  }
  const { asks, bids } = book.snapshot();
  const live = [...asks, ...bids].reduce((sum, level) => sum + level.orders.length, 0);
  return { trades, lots, live };
}

function foldRound(messages: readonly OrderMessage[]): { outputs: number; bytes: number } {
  const state = tradingEngineFold.create({ topic: "orders", partition: 0, partitions: 1 });
  let outputs = 0;
  const out: Outbox = { emit: () => void outputs++ };
  messages.forEach((message, offset) => {
    tradingEngineFold.apply(state, { message, key: "ACME", offset, now: 0 }, out);
  });
  return { outputs, bytes: tradingEngineFold.encode(state).length };
}

function foldMessages(commands: readonly BenchCommand[]): OrderMessage[] {
  const users = new Map<number, string>();
  const envelope = {
    id: "orders/0/0/0",
    correlationId: "c",
    causationId: "c",
    sequence: 0,
    timestamp: 0,
  };
  const opened: OrderMessage = {
    type: "floor-opened",
    ...envelope,
    parameters: {
      foldVersions: { [tradingEngineFold.role]: tradingEngineFold.version },
      partitions: { orders: 1 },
      symbols: [{ symbol: "ACME", tickSize: 0.01, lotSize: 1 }],
      cashDecimals: 2,
      limits: DEFAULT_GATEWAY_LIMITS,
    },
  };
  return [
    opened,
    ...commands.map((command): OrderMessage => {
      if (command.type === "place") {
        const { orderNumber } = command.order;
        const userId = `user-${orderNumber % 1000}`;
        users.set(orderNumber, userId);
        const ids = { userId, orderId: `order-${orderNumber}`, symbol: "ACME", clientTimestamp: 0 };
        return { type: "order-accepted", ...envelope, ...ids, ...command.order };
      }
      const { orderNumber } = command;
      const ids = { userId: users.get(orderNumber)!, orderId: `order-${orderNumber}` };
      const cancelId = `cancel-${orderNumber}`;
      return {
        type: "cancel-requested",
        ...envelope,
        ...ids,
        orderNumber,
        cancelId,
        symbol: "ACME",
      };
    }),
  ];
}

/** Rounds of the same work. */
interface Contest<R> {
  readonly times: number[];
  result: R;
}

/** A round that is not counted, to warm up. */
function enter<R>(round: () => R): Contest<R> {
  return { times: [], result: round() };
}

function run<R>(contest: Contest<R>, round: () => R): void {
  const start = performance.now();
  contest.result = round();
  contest.times.push(performance.now() - start);
}

/** Operations a second of the median round; of an even number, of the faster of the middle two. */
function perSecond({ times }: Contest<unknown>): number {
  const sorted = times.toSorted((a, b) => a - b);
  return OPERATIONS / sorted[(sorted.length - 1) >> 1]! * 1000;
}

function millions(perSecond: number): string {
  return `${(perSecond / 1e6).toFixed(2)} M operations/s`;
}

if (import.meta.main) {
  const commands = matchingStream(OPERATIONS, SEED);
  const peerCommands = commands.map(peerCommand);
  const messages = foldMessages(commands);
  console.log(
    `${OPERATIONS} operations, seed ${SEED}: 55% limit, 35% cancel, 10% market; one symbol, one thread`,
  );
  const engineWork = () => engineRound(commands);
  const peerWork = () => peerRound(peerCommands);
  const foldWork = () => foldRound(messages);
  const [engine, peer, fold] = [enter(engineWork), enter(peerWork), enter(foldWork)];
  for (let round = 0; round < PEER_ROUNDS; round++) {
    // In turn, so that whatever else the machine does meets both.
    for (let i = 0; i < ROUNDS_PER_PEER_ROUND; i++) {
      run(engine, engineWork);
      run(fold, foldWork);
    }
    run(peer, peerWork);
  }
  const show = (work: Work) => `${work.trades} trades, ${work.lots} lots, ${work.live} resting`;
  const ratio = perSecond(engine) / perSecond(peer);
  console.log(`order book         ${millions(perSecond(engine))}  ${show(engine.result)}`);
  console.log(`nodejs-order-book  ${millions(perSecond(peer))}  ${show(peer.result)}`);
  tell({
    what: "order book / nodejs-order-book, operations",
    value: ratio,
    unit: "",
    limit: { is: "at least", value: WANTED_RATIO },
  });
  console.log(
    `whole fold         ${millions(perSecond(fold))}  ${fold.result.outputs} outputs, ` +
      `${fold.result.bytes} bytes of state`,
  );
  if (show(engine.result) !== show(peer.result)) {
    console.error("the two books did not do the same work");
    Deno.exitCode = 1;
  }
  if (ratio < WANTED_RATIO) Deno.exitCode = 1;
}
