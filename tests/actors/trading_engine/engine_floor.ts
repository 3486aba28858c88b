/**
 * A trading floor of one engine: people send orders by name, and everything it emits is recorded.
 *
 * @module
 */

import type { Outbox } from "../../../actors/fold/fold.ts";
import type { EngineState } from "../../../actors/trading_engine/engine_state.ts";
import { tradingEngineFold } from "../../../actors/trading_engine/trading_engine_fold.ts";
import {
  DEFAULT_GATEWAY_LIMITS,
  type FloorParameters,
  MAX_FLOOR_CASH_UNITS,
  type OrderAccepted,
  type OrderMessage,
} from "../../../kafka/messages/mod.ts";

export const CONTEXT = { topic: "orders", partition: 0, partitions: 1 } as const;

export const PARAMETERS: FloorParameters = {
  foldVersions: { "trading-engine": 1 },
  partitions: { orders: 1 },
  symbols: [
    { symbol: "AAPL", tickSize: 0.01, lotSize: 1 },
    { symbol: "GOOGL", tickSize: 0.05, lotSize: 10 },
  ],
  cashDecimals: 2,
  limits: DEFAULT_GATEWAY_LIMITS,
};

/** What was emitted: topic, key, correlation id, body. */
export type Emitted = readonly [string, string, string, Readonly<Record<string, unknown>>];

type OrderFields = Partial<
  Pick<OrderAccepted, "symbol" | "orderNumber" | "budgetUnits" | "timeInForce" | "clientTimestamp">
>;

export class EngineFloor {
  state: EngineState = tradingEngineFold.create(CONTEXT);
  #offset = 0;

  /** Folds a message and returns what it emitted. */
  fold(message: OrderMessage): Emitted[] {
    const emitted: Emitted[] = [];
    const out: Outbox = {
      emit: (topic, key, body, correlationId) =>
        void emitted.push([topic, key, correlationId, structuredClone(body)]),
    };
    const key = message.type === "floor-opened" ? null : message.symbol;
    tradingEngineFold.apply(this.state, { message, key, offset: this.#offset++, now: 0 }, out);
    return emitted;
  }

  opens(parameters: FloorParameters = PARAMETERS): Emitted[] {
    return this.fold({ type: "floor-opened", ...envelope, parameters });
  }

  sells(who: string, quantityLots: number, limitTicks: number | null, fields: OrderFields = {}) {
    return this.fold({ ...order(who, fields), side: "sell", quantityLots, limitTicks });
  }

  buys(who: string, quantityLots: number, limitTicks: number | null, fields: OrderFields = {}) {
    const budgetUnits = fields.budgetUnits ?? MAX_FLOOR_CASH_UNITS;
    return this.fold({ ...order(who, fields), side: "buy", quantityLots, limitTicks, budgetUnits });
  }

  cancels(who: string, symbol = "AAPL", orderNumber = numberOf(who)): Emitted[] {
    const { userId, orderId } = ids(who);
    const cancelId = `cancel-${orderId}`;
    const fields = { userId, orderId, orderNumber, cancelId, symbol };
    return this.fold({ type: "cancel-requested", ...envelope, ...fields });
  }

  /** Forgets the state and takes it up again from its bytes. */
  restores(): void {
    this.state = tradingEngineFold.decode(tradingEngineFold.encode(this.state), CONTEXT);
  }

  bytes(): Uint8Array {
    return tradingEngineFold.encode(this.state);
  }
}

const envelope = {
  id: "order-commands/0/0/0",
  correlationId: "any",
  causationId: "c",
  sequence: 0,
  timestamp: 0,
};

/** `alice/7` is user alice, order id 7, order number 7. */
function ids(who: string): { userId: string; orderId: string } {
  const [userId = "", orderId = ""] = who.split("/");
  return { userId, orderId };
}

function numberOf(who: string): number {
  return Number(ids(who).orderId);
}

function order(who: string, fields: OrderFields) {
  return {
    type: "order-accepted",
    ...envelope,
    ...ids(who),
    orderNumber: numberOf(who),
    symbol: "AAPL",
    budgetUnits: null,
    timeInForce: "gtc",
    clientTimestamp: 1000 + numberOf(who),
    ...fields,
  } as const;
}
