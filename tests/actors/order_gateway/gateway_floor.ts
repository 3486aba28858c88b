/**
 * A gateway with hands: sends it commands as users and an engine would, and keeps what it answers.
 */

import {
  type ClientCommand,
  DEFAULT_GATEWAY_LIMITS,
  type FloorOpened,
  type FloorParameters,
  type GatewayLimits,
  type OrderCommand,
  type ReleaseOrder,
  type SettleFill,
} from "../../../kafka/messages/mod.ts";
import { partitionForKey } from "../../../kafka/partitioner.ts";
import type { FoldContext } from "../../../actors/fold/fold.ts";
import { orderGatewayFold } from "../../../actors/order_gateway/order_gateway_fold.ts";
import type { GatewayState } from "../../../actors/order_gateway/gateway_state.ts";

/** Everything a fold emitted for one record, as plain data. */
export interface Emitted {
  readonly topic: string;
  readonly key: string;
  readonly correlationId: string;
  // Bodies of any message: tests look into them by name.
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

export const PARTITIONS = 3;

/** `count` user ids of one partition. */
export function usersOf(partition: number, count: number): string[] {
  const users: string[] = [];
  for (let i = 0; users.length < count; i++) {
    if (partitionForKey(`user-${i}`, PARTITIONS) === partition) users.push(`user-${i}`);
  }
  return users;
}

export const LIMITS: GatewayLimits = { ...DEFAULT_GATEWAY_LIMITS, orderBurst: 1_000_000 };

export function parametersOf(limits: Partial<GatewayLimits> = {}): FloorParameters {
  return {
    foldVersions: { "order-gateway": 1 },
    partitions: { "order-commands": PARTITIONS },
    symbols: [
      { symbol: "AAPL", tickSize: 0.01, lotSize: 1 },
      { symbol: "NICKEL", tickSize: 0.05, lotSize: 100 },
    ],
    cashDecimals: 2,
    limits: { ...LIMITS, ...limits },
  };
}

export function floorOpened(parameters: FloorParameters): FloorOpened {
  return { type: "floor-opened", id: "o", correlationId: "floor", timestamp: 0, parameters };
}

/** A command's own fields; the envelope is added. */
export type Wish = {
  [T in ClientCommand["type"]]: Partial<Extract<ClientCommand, { type: T }>> & { type: T };
}[ClientCommand["type"]];

const PARTITION = 1;
const [alice, bob, carol] = usersOf(PARTITION, 3) as [string, string, string];
export const USERS = { alice, bob, carol };
export const STRANGER = usersOf(PARTITION + 1, 1)[0]!;

export class GatewayFloor {
  readonly context: FoldContext;
  state: GatewayState;
  now = 1_000;
  #offset = 0;

  /** `place`: another partition than the usual one, of another count of them. */
  constructor(
    limits?: Partial<GatewayLimits>,
    place: Pick<FoldContext, "partition" | "partitions"> = {
      partition: PARTITION,
      partitions: PARTITIONS,
    },
  ) {
    this.context = { topic: "order-commands", ...place };
    this.state = orderGatewayFold.create(this.context);
    this.apply(floorOpened(parametersOf(limits)), null);
  }

  apply(message: OrderCommand, key: string | null): Emitted[] {
    const emitted: Emitted[] = [];
    const input = { message, key, offset: this.#offset++, now: this.now };
    orderGatewayFold.apply(this.state, input, {
      emit: (topic, key, body, correlationId) => emitted.push({ topic, key, correlationId, body }),
    });
    return emitted;
  }

  /** Sends a command; gives what the gateway emitted. */
  send(wish: Wish, key: string = wish.userId ?? alice): Emitted[] {
    const envelope = { id: `m${this.#offset}`, correlationId: "c", timestamp: this.#offset };
    const defaults = {
      userId: alice,
      orderId: "1",
      cancelId: "x1",
      depositId: "d1",
      commandId: "c1",
    };
    // The wish names its type and whatever differs from the defaults.
    return this.apply({ ...envelope, ...defaults, ...wish } as ClientCommand, key);
  }

  /** Sends a command; gives its one answer. */
  // deno-lint-ignore no-explicit-any
  ask(wish: Wish, key?: string): any {
    const answers = this.send(wish, key).filter(({ topic }) => topic === "notifications");
    if (answers.length !== 1) throw new Error(`${answers.length} answers`);
    return answers[0]!.body;
  }

  /** The reason of the answer, or its type when it is no refusal. */
  outcome(wish: Wish, key?: string): string {
    const answer = this.ask(wish, key);
    return answer.reason ?? answer.type;
  }

  open(userId: string, cash: number, holdings: Record<string, number> = {}): this {
    const type = this.ask({ type: "open-account", userId, commandId: "open", cash, holdings }).type;
    if (type !== "account-opened") throw new Error(type);
    return this;
  }

  fill(userId: string, fill: Partial<SettleFill>): this {
    this.apply({
      type: "settle-fill",
      id: "orders/0/1/0",
      correlationId: "c",
      causationId: "c",
      sequence: 0,
      timestamp: 0,
      userId,
      orderNumber: 0,
      symbol: "AAPL",
      side: "buy",
      priceTicks: 1,
      quantityLots: 1,
      tradeId: "t",
      ...fill,
    }, userId);
    return this;
  }

  release(userId: string, release: Partial<ReleaseOrder>): this {
    this.apply({
      type: "release-order",
      id: "orders/0/1/0",
      correlationId: "c",
      causationId: "c",
      sequence: 0,
      timestamp: 0,
      userId,
      orderNumber: 0,
      symbol: "AAPL",
      quantityLots: 1,
      ...release,
    }, userId);
    return this;
  }

  /** Cash, reserved cash, AAPL held and AAPL reserved of a user. */
  figures(userId: string): readonly number[] {
    const { availableCash, holdings, reservedLots } = this.state.accounts.get(userId)!;
    const reserved = this.reservedCash(userId);
    return [availableCash + reserved, reserved, holdings[0]!, reservedLots[0]!];
  }

  /** Cash units that a user's live buys may still spend. */
  reservedCash(userId: string): number {
    return [...this.state.live.values()]
      .filter(({ account, side }) => account.userId === userId && side === "buy")
      .reduce((sum, { reserved }) => sum + reserved, 0);
  }

  /** The state goes through its bytes. */
  reload(): Uint8Array {
    const bytes = orderGatewayFold.encode(this.state);
    this.state = orderGatewayFold.decode(bytes, this.context);
    return bytes;
  }

  bytes(): Uint8Array {
    return orderGatewayFold.encode(this.state);
  }
}
