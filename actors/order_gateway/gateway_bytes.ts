/**
 * The gateway's state as canonical bytes. Accounts stand in the order of opening, live orders in the
 * order of placing, fingerprints in the order of use: all of them follow from the records alone.
 *
 * Numbers are written as the machine holds them; every machine that Deno runs on is little endian.
 *
 * @module
 */

import type { FloorParameters } from "../../kafka/messages/mod.ts";
import type { FoldContext } from "../fold/fold.ts";
import { giveBack, packOwnedState, unpackState } from "../fold/state_bytes.ts";
import { Account } from "./account.ts";
import { BYTES_PER_ANSWER } from "./answer_ring.ts";
import { emptyGatewayState, type GatewayState, openFloorOf } from "./gateway_state.ts";
import { Idempotency } from "./idempotency.ts";
import { NUMBERS_PER_ORDER, RestoredOrders, writeOrder } from "./restored_orders.ts";
import { TokenBucket } from "./token_bucket.ts";

interface Head {
  readonly parameters: FloorParameters | null;
  readonly cashLetIn: number;
  readonly orderCount: number;
  readonly refusedSettlements: number;
  readonly users: readonly string[];
}

/** Available cash, bucket, refilled at, ids used. */
const NUMBERS_PER_ACCOUNT = 4;

export function encodeGatewayState(state: GatewayState): Uint8Array {
  const accounts = [...state.accounts.values()];
  const memories = accounts.map((account) => account.memory.dump());
  const head: Head = {
    parameters: state.floor?.parameters ?? null,
    cashLetIn: state.cashLetIn,
    orderCount: state.orderCount,
    refusedSettlements: state.refusedSettlements,
    users: accounts.map((account) => account.userId),
  };
  const parts = [
    bytesOf(Float64Array.from(accounts.flatMap(accountNumbers))),
    joined(
      accounts.flatMap(({ holdings, reservedLots }) => [bytesOf(holdings), bytesOf(reservedLots)]),
    ),
    encodeLive(state),
    joined(memories.map(({ fingerprints }) => bytesOf(fingerprints))),
    joined(memories.map(({ answers }) => answers)),
  ];
  return packOwnedState(head, parts);
}

export function decodeGatewayState(bytes: Uint8Array, context: FoldContext): GatewayState {
  const { head: json, parts } = unpackState(bytes);
  // The bytes are encodeGatewayState's, told by the snapshot's digest.
  const head = json as Head;
  const state = emptyGatewayState(context);
  state.cashLetIn = head.cashLetIn;
  state.orderCount = head.orderCount;
  state.refusedSettlements = head.refusedSettlements;
  if (head.parameters === null) return state;
  state.floor = openFloorOf(head.parameters);
  const [accounts, holdings, live, fingerprints, answers] = parts.map((part) => part.buffer);
  decodeAccounts(state, head, {
    numbers: new Float64Array(accounts!),
    holdings: new Float64Array(holdings!),
    fingerprints: new Uint32Array(fingerprints!),
    answers: new Uint8Array(answers!),
  });
  // Copies that nobody looks at any more, as accounts keep bytes of their own.
  for (const buffer of [accounts, holdings, fingerprints, answers]) giveBack({ buffer: buffer! });
  const restored = new RestoredOrders(new Float64Array(live!), {
    accounts: [...state.accounts.values()],
    instruments: state.floor.instruments.list,
  });
  state.live.restore(restored);
  return state;
}

function accountNumbers({ availableCash, bucket, memory }: Account): number[] {
  return [availableCash, bucket.millitokens, bucket.refilledAt, memory.used];
}

function encodeLive(state: GatewayState): Uint8Array {
  const numbers = new Float64Array(state.live.size * NUMBERS_PER_ORDER);
  let at = 0;
  for (const order of state.live.values()) {
    writeOrder(order, numbers, at);
    at += NUMBERS_PER_ORDER;
  }
  return bytesOf(numbers);
}

function decodeAccounts(
  state: GatewayState,
  head: Head,
  parts: {
    readonly numbers: Float64Array;
    readonly holdings: Float64Array;
    readonly fingerprints: Uint32Array;
    readonly answers: Uint8Array;
  },
): void {
  const { parameters: { limits }, instruments } = state.floor!;
  const symbols = instruments.list.length;
  let fingerprintAt = 0;
  let answerAt = 0;
  head.users.forEach((userId, i) => {
    const at = i * NUMBERS_PER_ACCOUNT;
    const [cash, millitokens, refilledAt, used] = parts.numbers.subarray(at);
    const fingerprints = parts.fingerprints.subarray(fingerprintAt, fingerprintAt + 2 * used!);
    const kept = Math.min(used!, limits.answersPerUser) * BYTES_PER_ANSWER;
    const answers = parts.answers.subarray(answerAt, answerAt + kept);
    fingerprintAt += 2 * used!;
    answerAt += kept;
    const bucket = new TokenBucket({ millitokens: millitokens!, refilledAt: refilledAt! });
    const memory = Idempotency.restore(limits, { fingerprints, answers });
    const account = new Account({ userId, index: i, symbols, bucket, memory });
    account.availableCash = cash!;
    const lots = parts.holdings.subarray(2 * i * symbols);
    account.holdings.set(lots.subarray(0, symbols));
    account.reservedLots.set(lots.subarray(symbols, 2 * symbols));
    state.accounts.set(userId, account);
  });
}

function bytesOf(array: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
