/**
 * A gateway that is slow and obvious: plain objects, every command and answer kept for ever, balances
 * worked out anew from the history whenever they are needed. It judges the real one.
 */

import {
  type Deposit,
  type FloorParameters,
  MAX_FLOOR_CASH_UNITS,
  type OpenAccount,
  type OrderCommand,
  type PlaceOrder,
} from "../../../kafka/messages/mod.ts";

/** What is expected to be emitted, without the wording of refusals. */
export interface Expected {
  readonly topic: string;
  readonly key: string;
  readonly body: Record<string, unknown>;
}

interface Used {
  readonly kind: string;
  readonly id: string;
  readonly body: string;
  readonly at: number;
  readonly answer: Record<string, unknown>;
}

export interface ReferenceOrder {
  readonly orderNumber: number;
  readonly orderId: string;
  readonly symbol: string;
  readonly side: string;
  readonly limitTicks: number | null;
  readonly quantityLots: number;
  readonly budget: number;
  readonly fills: { readonly priceTicks: number; readonly lots: number }[];
  released: boolean;
}

interface ReferenceAccount {
  readonly userId: string;
  readonly openedAt: number;
  readonly opening: { readonly cash: bigint; readonly holdings: Record<string, number> };
  readonly deposits: bigint[];
  readonly used: Used[];
  readonly orders: ReferenceOrder[];
  /** When orders reached the rate check. */
  readonly asked: number[];
}

interface Parsed {
  readonly symbol: string;
  readonly side: string;
  readonly lots: number;
  readonly ticks: number | null;
  readonly tif: string;
}

/** A decimal as an integer of `10 ** -places`, by its text; null when it has more places. */
function digits(value: number, places: number): bigint | null {
  const text = value.toFixed(places);
  return Number(text) === value ? BigInt(text.replace(".", "")) : null;
}

export class ReferenceGateway {
  readonly accounts: ReferenceAccount[] = [];
  refusedSettlements = 0;
  #orderCount = 0;
  readonly #parameters: FloorParameters;
  readonly #home: (userId: string) => boolean;
  readonly #numberOf: (count: number) => number;

  constructor(
    parameters: FloorParameters,
    options: {
      readonly home: (userId: string) => boolean;
      readonly numberOf: (count: number) => number;
    },
  ) {
    this.#parameters = parameters;
    this.#home = options.home;
    this.#numberOf = options.numberOf;
  }

  account(userId: string): ReferenceAccount | undefined {
    return this.accounts.find((account) => account.userId === userId);
  }

  liveOrders(userId: string): ReferenceOrder[] {
    return this.account(userId)?.orders.filter((order) => remaining(order) > 0) ?? [];
  }

  cash(account: ReferenceAccount): number {
    let cash = account.opening.cash;
    for (const amount of account.deposits) cash += amount;
    for (const order of account.orders) {
      for (const { priceTicks, lots } of order.fills) {
        const units = BigInt(priceTicks) * BigInt(lots) * this.#worth(order.symbol);
        cash += order.side === "buy" ? -units : units;
      }
    }
    return Number(cash);
  }

  reservedCash(account: ReferenceAccount): number {
    let reserved = 0n;
    for (const order of account.orders) {
      if (order.side === "sell" || remaining(order) === 0) continue;
      const worth = this.#worth(order.symbol);
      if (order.limitTicks !== null) {
        reserved += BigInt(order.limitTicks) * BigInt(remaining(order)) * worth;
        continue;
      }
      reserved += BigInt(order.budget);
      for (const { priceTicks, lots } of order.fills) {
        reserved -= BigInt(priceTicks) * BigInt(lots) * worth;
      }
    }
    return Number(reserved);
  }

  lots(account: ReferenceAccount, symbol: string): number {
    let lots = account.opening.holdings[symbol] ?? 0;
    for (const order of account.orders) {
      if (order.symbol !== symbol) continue;
      lots += order.side === "buy" ? filled(order) : -filled(order);
    }
    return lots;
  }

  reservedLots(account: ReferenceAccount, symbol: string): number {
    return account.orders
      .filter((order) => order.symbol === symbol && order.side === "sell")
      .reduce((sum, order) => sum + remaining(order), 0);
  }

  apply(command: OrderCommand, key: string, now: number): Expected[] {
    if (command.type === "floor-opened") return [];
    if (command.type === "settle-fill" || command.type === "release-order") {
      if (!this.#settle(command, key)) this.refusedSettlements++;
      return [];
    }
    const emitted: Expected[] = [];
    const answer = this.#answer(command, { key, now, emitted });
    emitted.push({ topic: "notifications", key: command.userId, body: answer });
    return emitted;
  }

  #answer(
    command: Exclude<
      OrderCommand,
      { type: "floor-opened" } | { type: "settle-fill" } | { type: "release-order" }
    >,
    { key, now, emitted }: { key: string; now: number; emitted: Expected[] },
  ): Record<string, unknown> {
    const { id: _id, correlationId: _c, timestamp: clientTimestamp, ...fields } = command;
    const kind = command.type;
    const { userId } = command;
    const id = kind === "place-order"
      ? command.orderId
      : kind === "cancel-order"
      ? command.cancelId
      : kind === "deposit"
      ? command.depositId
      : command.commandId;
    const names: Record<string, unknown> = kind === "place-order"
      ? { userId, orderId: command.orderId, clientTimestamp }
      : kind === "cancel-order"
      ? { userId, orderId: command.orderId, cancelId: command.cancelId, clientTimestamp }
      : kind === "deposit"
      ? { userId, depositId: command.depositId }
      : { userId, commandId: command.commandId };
    const noun = {
      "place-order": "order",
      "cancel-order": "cancel",
      "deposit": "deposit",
      "open-account": "account",
    }[kind];
    const no = (reason: string) => ({
      type: `${noun}-rejected`,
      duplicate: false,
      ...names,
      reason,
    });
    if (key !== userId || !this.#home(userId)) return no("wrong-partition");
    const account = this.account(userId);
    if (account === undefined && kind !== "open-account") return no("unknown-account");
    const mistake = kind === "place-order"
      ? this.#parseOrder(command)
      : kind === "deposit"
      ? this.#amountMistake(command)
      : kind === "open-account"
      ? this.#openingMistake(command)
      : null;
    const body = JSON.stringify(
      Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
    );
    if (account === undefined) {
      if (mistake !== null) return no(mistake as string);
      return this.#open(command as OpenAccount, { body, now, names });
    }
    const { limits } = this.#parameters;
    const at = account.used.findIndex((used) => used.kind === kind && used.id === id);
    const used = account.used[at];
    const kept = used !== undefined && at >= account.used.length - limits.answersPerUser &&
      now - used.at <= limits.answerHorizonMs;
    if (kept && used.body === body) return { ...used.answer, ...names, duplicate: true };
    const full = account.used.length >= limits.fingerprintsPerUser;
    const remember = (answer: Record<string, unknown>) => {
      account.used.push({ kind, id, body, at: now, answer });
      return answer;
    };
    if (typeof mistake === "string") {
      return used === undefined && !full ? remember(no(mistake)) : no(mistake);
    }
    if (used !== undefined && kept) return no("id-conflict");
    // That there is an account is seen, not remembered.
    if (kind === "open-account" && (used !== undefined || full)) return no("account-exists");
    if (used !== undefined) return no("stale");
    if (full) return no("id-space-exhausted");
    if (kind === "place-order") {
      const parsed = mistake as Parsed;
      account.asked.push(now);
      if (!this.#withinRate(account)) return no("rate-limited");
      const reason = this.#lacks(account, parsed);
      if (reason !== null) return remember(no(reason));
      return remember(this.#place(command, account, { parsed, emitted, names }));
    }
    if (kind === "cancel-order") {
      const order = account.orders.find((o) => o.orderId === command.orderId);
      const known = account.used.some((u) => u.kind === "place-order" && u.id === command.orderId);
      if (!known) return remember(no("unknown-order"));
      if (order === undefined || remaining(order) === 0) return remember(no("order-not-live"));
      const { orderNumber, symbol } = order;
      const { orderId, cancelId } = command;
      emitted.push({
        topic: "orders",
        key: symbol,
        body: { type: "cancel-requested", userId, orderId, orderNumber, cancelId, symbol },
      });
      return remember({ type: "cancel-accepted", duplicate: false, ...names });
    }
    if (kind === "deposit") {
      const amount = digits(command.amount as number, 2)!;
      if (this.#letIn() + amount > BigInt(MAX_FLOOR_CASH_UNITS) / BigInt(this.#partitions())) {
        return remember(no("cash-limit"));
      }
      account.deposits.push(amount);
      const amountUnits = Number(amount);
      return remember({ type: "deposit-accepted", duplicate: false, ...names, amountUnits });
    }
    return remember(no("account-exists"));
  }

  #open(
    command: OpenAccount,
    { body, now, names }: { body: string; now: number; names: Record<string, unknown> },
  ): Record<string, unknown> {
    const cash = digits(command.cash as number, 2)!;
    const holdings = Object.fromEntries(
      Object.entries(command.holdings as Record<string, number>).map(([symbol, quantity]) => [
        symbol,
        this.#lotsOf(symbol, quantity)!,
      ]),
    );
    const answer = {
      type: "account-opened",
      duplicate: false,
      ...names,
      cashUnits: Number(cash),
      holdings,
    };
    const { userId, commandId } = command;
    this.accounts.push({
      userId,
      openedAt: now,
      opening: { cash, holdings },
      deposits: [],
      used: [{ kind: "open-account", id: commandId, body, at: now, answer }],
      orders: [],
      asked: [],
    });
    return answer;
  }

  #place(
    command: PlaceOrder,
    account: ReferenceAccount,
    { parsed, emitted, names }: {
      parsed: Parsed;
      emitted: Expected[];
      names: Record<string, unknown>;
    },
  ): Record<string, unknown> {
    const { symbol, side, lots: quantityLots, ticks: limitTicks, tif } = parsed;
    const available = this.cash(account) - this.reservedCash(account);
    const reserved = side === "sell"
      ? quantityLots
      : limitTicks === null
      ? available
      : Number(BigInt(limitTicks) * BigInt(quantityLots) * this.#worth(symbol));
    const orderNumber = this.#numberOf(this.#orderCount++);
    const { userId, orderId, timestamp: clientTimestamp } = command;
    const shared = { orderNumber, symbol, side, quantityLots, limitTicks };
    account.orders.push({ ...shared, orderId, budget: reserved, fills: [], released: false });
    emitted.push({
      topic: "orders",
      key: symbol,
      body: {
        type: "order-accepted",
        userId,
        orderId,
        ...shared,
        budgetUnits: side === "buy" ? reserved : null,
        timeInForce: tif,
        clientTimestamp,
      },
    });
    return { type: "order-placed", duplicate: false, ...names, ...shared, reserved };
  }

  #partitions(): number {
    return this.#parameters.partitions["order-commands"]!;
  }

  /** All cash that ever came in. */
  #letIn(): bigint {
    return this.accounts.reduce(
      (sum, { opening, deposits }) => deposits.reduce((a, b) => a + b, sum + opening.cash),
      0n,
    );
  }

  #withinRate(account: ReferenceAccount): boolean {
    const { ordersPerSecond, orderBurst } = this.#parameters.limits;
    let tokens = orderBurst * 1000;
    let last = account.openedAt;
    let granted = false;
    for (const at of account.asked) {
      tokens = Math.min(orderBurst * 1000, tokens + (at - last) * ordersPerSecond);
      last = at;
      granted = tokens >= 1000;
      if (granted) tokens -= 1000;
    }
    return granted;
  }

  #lacks(account: ReferenceAccount, { symbol, side, lots, ticks }: Parsed): string | null {
    const live = account.orders.filter((order) => remaining(order) > 0).length;
    if (live >= this.#parameters.limits.liveOrdersPerUser) return "too-many-live-orders";
    if (side === "sell") {
      const available = this.lots(account, symbol) - this.reservedLots(account, symbol);
      return lots > available ? "insufficient-holdings" : null;
    }
    const available = BigInt(this.cash(account) - this.reservedCash(account));
    if (ticks === null) return available === 0n ? "insufficient-cash" : null;
    const needed = BigInt(ticks) * BigInt(lots) * this.#worth(symbol);
    return needed > available ? "insufficient-cash" : null;
  }

  #settle(
    message: Extract<OrderCommand, { type: "settle-fill" } | { type: "release-order" }>,
    key: string,
  ): boolean {
    const account = this.account(message.userId);
    const order = account?.orders.find((o) => o.orderNumber === message.orderNumber);
    if (key !== message.userId || account === undefined || order === undefined) return false;
    if (order.symbol !== message.symbol || remaining(order) === 0) return false;
    if (message.type === "release-order") {
      if (message.quantityLots !== remaining(order)) return false;
      order.released = true;
      return true;
    }
    const { priceTicks, quantityLots: lots } = message;
    if (order.side !== message.side || priceTicks < 1 || lots < 1 || lots > remaining(order)) {
      return false;
    }
    if (order.side === "buy") {
      if (order.limitTicks !== null && priceTicks > order.limitTicks) return false;
      const worth = this.#worth(order.symbol);
      const spent = [...order.fills, { priceTicks, lots }].reduce(
        (sum, fill) => sum + BigInt(fill.priceTicks) * BigInt(fill.lots) * worth,
        0n,
      );
      if (order.limitTicks === null && spent > BigInt(order.budget)) return false;
    } else if (order.limitTicks !== null && priceTicks < order.limitTicks) return false;
    order.fills.push({ priceTicks, lots });
    return true;
  }

  #parseOrder(order: PlaceOrder): string | Parsed {
    const { symbol, side, quantity, price = null, protectionPrice = null, timeInForce } = order;
    if (typeof symbol !== "string" || symbol === "" || symbol.length > 32) return "invalid-symbol";
    if (side !== "buy" && side !== "sell") return "invalid-side";
    if (typeof quantity !== "number" || !(quantity > 0)) return "invalid-quantity";
    for (const amount of [price, protectionPrice]) {
      if (amount !== null && (typeof amount !== "number" || !(amount > 0))) return "invalid-price";
    }
    if (protectionPrice !== null && (price !== null || side === "sell")) return "invalid-price";
    const tif = timeInForce ?? (price === null ? "ioc" : "gtc");
    if (tif !== "gtc" && tif !== "ioc") return "invalid-time-in-force";
    if (tif === "gtc" && price === null) return "invalid-time-in-force";
    const spec = this.#parameters.symbols.find((s) => s.symbol === symbol);
    if (spec === undefined) return "unknown-symbol";
    // Checked above to be a number or null.
    const worst = (price ?? protectionPrice) as number | null;
    let ticks: number | null = null;
    if (worst !== null) {
      const cents = digits(worst, 2);
      const tick = digits(spec.tickSize, 2)!;
      if (cents === null || cents % tick !== 0n) return "off-tick";
      ticks = Number(cents / tick);
    }
    const lots = this.#lotsOf(symbol, quantity);
    if (lots === null) return "off-lot";
    return { symbol, side, lots, ticks, tif };
  }

  #amountMistake({ amount }: Deposit): string | null {
    if (typeof amount !== "number" || !(amount > 0) || digits(amount, 2) === null) {
      return "invalid-amount";
    }
    return null;
  }

  #openingMistake({ cash, holdings }: OpenAccount): string | null {
    if (typeof cash !== "number" || cash < 0 || digits(cash, 2) === null) return "invalid-amount";
    // The streams send nothing but tables of numbers here.
    for (const [symbol, quantity] of Object.entries(holdings as Record<string, number>)) {
      if (!this.#parameters.symbols.some((s) => s.symbol === symbol)) return "unknown-symbol";
      if (quantity < 0) return "invalid-holdings";
      if (this.#lotsOf(symbol, quantity) === null) return "off-lot";
    }
    return null;
  }

  #lotsOf(symbol: string, quantity: number): number | null {
    const { lotSize } = this.#parameters.symbols.find((s) => s.symbol === symbol)!;
    return Number.isInteger(quantity) && quantity % lotSize === 0 ? quantity / lotSize : null;
  }

  #worth(symbol: string): bigint {
    const { tickSize, lotSize } = this.#parameters.symbols.find((s) => s.symbol === symbol)!;
    return digits(tickSize, 2)! * BigInt(lotSize);
  }
}

function filled(order: ReferenceOrder): number {
  return order.fills.reduce((sum, { lots }) => sum + lots, 0);
}

/** 0 for an order that is over. */
export function remaining(order: ReferenceOrder): number {
  return order.released ? 0 : order.quantityLots - filled(order);
}
