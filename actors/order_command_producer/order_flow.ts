/**
 * What users send: from the arrival's number and the market as it stands, one command.
 *
 * @module
 */

import {
  type ClientCommand,
  type Intent,
  MAX_PRICE_TICKS,
  type PlaceOrder,
} from "../../kafka/messages/mod.ts";
import { joinedId } from "../../kafka/messages/joined_id.ts";
import { type DecimalStep, decimalStep, nearestCount, toDecimal } from "../decimal_step.ts";
import { type Random, seededRandom } from "../seeded_random.ts";
import { malformedBytes, spoiledOrder, UNLISTED_SYMBOL } from "./faulty_commands.ts";
import {
  DEFAULT_MIX,
  FLOW_KINDS,
  type FlowKind,
  type FlowSymbol,
  type FlowUser,
  type OrderFlowOptions,
} from "./options.ts";
import { ownOrderId, RecentOrders } from "./recent_orders.ts";
import { WeightedChoice } from "./weighted_choice.ts";

/** Tells the price that orders are set around. */
export interface PriceView {
  /** In ticks, at least 1. */
  anchorTicks(symbol: string): number;
}

/** A command as it is to be sent. */
export interface DrawnCommand {
  readonly kind: FlowKind;
  readonly correlationId: string;
  /** The record's key: the user. */
  readonly key: string;
  /** Text, or bytes that are meant to be no UTF-8. */
  readonly value: string | Uint8Array;
  /** What the text says; left out where it is no command. */
  readonly command?: ClientCommand;
}

/** Which arrival a command is drawn for. */
export interface ArrivalPlace {
  /** The producer's count of its commands, which its intent bears too. */
  readonly number: number;
  /** The count in the schedule that all instances share. */
  readonly arrival: number;
  /** Milliseconds since the epoch. */
  readonly intendedAt: number;
  /** The time that the command claims, where the sender's wall clock is wrong. Default: the intended. */
  readonly claimedAt?: number;
}

interface Tradable extends FlowSymbol {
  readonly tick: DecimalStep;
  readonly lot: DecimalStep;
}

/**
 * Draws commands. The chance in a command hangs on the seed and the arrival's number, not on how many
 * were drawn before, so a producer that comes back goes on as it would have.
 *
 * Limit prices lie a geometrically distributed number of ticks from the last price, most of them on
 * the passive side: arrival rates that fall off exponentially with the distance, as in Cont, Stoikov
 * and Talreja, "A stochastic model for order book dynamics", Operations Research 58 (2010).
 */
export class OrderFlow {
  readonly #options: OrderFlowOptions;
  readonly #producer: string;
  readonly #seed: number;
  readonly #view: PriceView;
  readonly #kinds: WeightedChoice<FlowKind>;
  readonly #users: WeightedChoice<FlowUser>;
  readonly #symbols: WeightedChoice<Tradable>;
  readonly #symbolOf: ReadonlyMap<string, Tradable>;
  readonly #recent: RecentOrders;

  constructor(
    options: OrderFlowOptions,
    parts: { readonly producer: string; readonly seed: number; readonly view: PriceView },
  ) {
    const mix = options.mix ?? DEFAULT_MIX;
    const tradables = options.symbols.map((symbol): Tradable => ({
      ...symbol,
      tick: decimalStep(symbol.tickSize),
      lot: decimalStep(symbol.lotSize),
    }));
    this.#options = options;
    this.#producer = parts.producer;
    this.#seed = parts.seed;
    this.#view = parts.view;
    this.#kinds = new WeightedChoice(FLOW_KINDS, (kind) => mix[kind] ?? 0);
    this.#users = new WeightedChoice(options.users, ({ weight = 1 }) => weight);
    this.#symbols = new WeightedChoice(tradables, ({ weight = 1 }) => weight);
    this.#symbolOf = new Map(tradables.map((tradable) => [tradable.symbol, tradable]));
    this.#recent = new RecentOrders(parts.producer);
  }

  /** Takes up the producer's last commands, oldest first. */
  restore(intents: readonly Intent[]): void {
    this.#recent.restore(intents);
  }

  /** Draws the command of an arrival. Arrivals of a producer are drawn in order. */
  draw(place: ArrivalPlace): DrawnCommand {
    const random = seededRandom(this.#seed, "flow", place.arrival);
    const drawn = this.#kinds.pick(random());
    // Without a recent order there is nothing to cancel or repeat: the arrival is a limit order.
    const target = isAboutRecent(drawn) ? this.#target(drawn, random) : null;
    const kind = isAboutRecent(drawn) && target === null ? "limit" : drawn;
    if (target !== null) return this.#aboutRecent(kind, target, place, random);
    if (kind === "deposit") return this.#deposit(place, random);
    return this.#order(kind, place, random);
  }

  /** Users cancel what they believe to be resting; what they send again may be anything. */
  #target(kind: FlowKind, random: Random): PlaceOrder | null {
    if (kind !== "cancel") return this.#recent.pick(random);
    return this.#recent.pickLatest(random, (order) => this.#passiveBy(order));
  }

  /** How far from the market as it stands a limit order waits, as a share; 0 or less: not at all. */
  #passiveBy({ symbol, side, price }: PlaceOrder): number {
    const tradable = this.#symbolOf.get(String(symbol));
    if (tradable === undefined || typeof price !== "number") return 0;
    const anchor = this.#view.anchorTicks(tradable.symbol);
    const below = anchor - nearestCount(price, tradable.tick);
    return (side === "buy" ? below : -below) / anchor;
  }

  #order(kind: FlowKind, place: ArrivalPlace, random: Random): DrawnCommand {
    const order = this.#placeOrder(kind, place, random);
    const wellMeant = kind === "limit" || kind === "market";
    this.#recent.push(place.number, wellMeant ? order : null);
    if (kind === "malformed") {
      const value = malformedBytes(order, random);
      return { kind, correlationId: order.id, key: order.userId, value };
    }
    if (kind !== "invalidField") return sent(kind, order);
    const symbol = this.#symbolOf.get(String(order.symbol));
    return sent(kind, spoiledOrder(order, symbol?.tickSize ?? 1, random));
  }

  #placeOrder(kind: FlowKind, place: ArrivalPlace, random: Random): PlaceOrder {
    const flooding = kind === "flood" ? this.#options.floodingUser : undefined;
    const userId = flooding ?? this.#users.pick(random()).userId;
    const symbol = this.#symbols.pick(random());
    const side = random() < 0.5 ? "buy" : "sell";
    const orderId = this.#orderId(kind, place.number);
    const order: PlaceOrder = {
      type: "place-order",
      id: joinedId([this.#producer, place.number]),
      correlationId: joinedId([userId, orderId]),
      timestamp: place.claimedAt ?? place.intendedAt,
      userId,
      orderId,
      symbol: kind === "invalidSymbol" ? UNLISTED_SYMBOL : symbol.symbol,
      side,
      quantity: this.#quantity(symbol, random),
    };
    const anchor = this.#view.anchorTicks(symbol.symbol);
    if (kind !== "market") {
      return { ...order, price: this.#limitPrice(symbol, anchor, side, random) };
    }
    const { protectedShare = 1, protection = 0.05 } = this.#options;
    const isProtected = random() < protectedShare;
    if (side === "sell" || !isProtected) return order;
    const ticks = clampTicks(Math.ceil(anchor * (1 + protection)));
    return { ...order, protectionPrice: toDecimal(ticks, symbol.tick) };
  }

  /** The order id also tells, to whoever reads a log, what an order was sent for. */
  #orderId(kind: FlowKind, number: number): string {
    if (kind === "limit" || kind === "market") return ownOrderId(this.#producer, number);
    return `${this.#producer}-${kind}-${number}`;
  }

  #limitPrice(symbol: Tradable, anchor: number, side: "buy" | "sell", random: Random): number {
    const { marketableShare = 0.2, meanOffsetTicks = 5 } = this.#options;
    const through = random() < marketableShare;
    const offset = geometric(meanOffsetTicks, random);
    const upwards = (side === "buy") === through;
    return toDecimal(clampTicks(upwards ? anchor + offset : anchor - offset), symbol.tick);
  }

  #quantity(symbol: Tradable, random: Random): number {
    const { meanLots = 5, maxLots = 100 } = this.#options;
    return toDecimal(Math.min(Math.floor(maxLots), geometric(meanLots, random)), symbol.lot);
  }

  #aboutRecent(
    kind: FlowKind,
    order: PlaceOrder,
    { number, intendedAt, claimedAt: timestamp = intendedAt }: ArrivalPlace,
    random: Random,
  ): DrawnCommand {
    this.#recent.push(number, null);
    const id = joinedId([this.#producer, number]);
    if (kind === "duplicate") return sent(kind, { ...order, id, timestamp });
    if (kind === "conflict") {
      const lot = this.#symbolOf.get(String(order.symbol))?.lot ?? decimalStep(1);
      const lots = nearestCount(Number(order.quantity), lot) + geometric(2, random);
      const quantity = toDecimal(lots, lot);
      return sent(kind, { ...order, id, timestamp, quantity });
    }
    this.#recent.cancelled(order.orderId);
    return sent(kind, {
      type: "cancel-order",
      id,
      correlationId: order.correlationId,
      timestamp,
      userId: order.userId,
      orderId: order.orderId,
      cancelId: joinedId([this.#producer, "cancel", number], "-"),
    });
  }

  #deposit(place: ArrivalPlace, random: Random): DrawnCommand {
    const { number, claimedAt, intendedAt } = place;
    const timestamp = claimedAt ?? intendedAt;
    this.#recent.push(number, null);
    const { userId } = this.#users.pick(random());
    const depositId = `${this.#producer}-deposit-${number}`;
    const { maxDeposit = 1000 } = this.#options;
    return sent("deposit", {
      type: "deposit",
      id: `${this.#producer}/${number}`,
      correlationId: `${userId}/${depositId}`,
      timestamp,
      userId,
      depositId,
      amount: Math.max(1, Math.floor(random() * (maxDeposit + 1))),
    });
  }
}

function isAboutRecent(kind: FlowKind): boolean {
  return kind === "cancel" || kind === "duplicate" || kind === "conflict";
}

function sent(kind: FlowKind, command: ClientCommand): DrawnCommand {
  return {
    kind,
    correlationId: command.correlationId,
    key: command.userId,
    value: JSON.stringify(command),
    command,
  };
}

function clampTicks(ticks: number): number {
  return Math.min(MAX_PRICE_TICKS, Math.max(1, ticks));
}

/** A geometric variate 1, 2, 3, ... of the given mean, at least 1, by inversion: one draw. */
function geometric(mean: number, random: Random): number {
  const drawn = random();
  if (mean <= 1) return 1;
  return 1 + Math.floor(Math.log(1 - drawn) / Math.log(1 - 1 / mean));
}
