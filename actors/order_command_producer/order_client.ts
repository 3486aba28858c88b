/**
 * A client of the floor: sends commands and waits for their answers. What a program does with
 * `floor.orders`.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import type {
  AccountOpened,
  Answer,
  CancelAccepted,
  DepositAccepted,
  OrderPlaced,
} from "../../kafka/messages/mod.ts";
import type { Clock } from "../runtime/clock.ts";
import { type Answers, MAX_PENDING_ANSWERS } from "./answer_listener.ts";
import {
  type AccountRequest,
  cancelOrderOf,
  type CancelRequest,
  depositOf,
  type DepositRequest,
  openAccountOf,
  type OrderRequest,
  placeOrderOf,
  type UnsentCommand,
  withId,
} from "./client_commands.ts";
import { IntentLedger, type OutgoingCommand } from "./intent_ledger.ts";
import { CommandRejectedError, OrderRejectedError } from "./order_errors.ts";

/** Commands that may wait to be sent; one more is refused. */
export const MAX_QUEUED_COMMANDS = 100_000;

/** At most so many commands go into one batch. */
const MAX_COMMANDS_PER_BATCH = 1_000;

/** How a client is opened. */
export interface OrderClientOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  /** Lasting name; of two clients at work under one name the second to write is fenced. */
  readonly producer: string;
  /** Which producer of the floor it is: chooses its partition of `intents`. */
  readonly instance: number;
  /** Where its answers come from: an `AnswerListener` of the same producer. */
  readonly answers: Answers;
}

/** An answer without what only the log needs. */
export type Receipt<A extends Answer> = Omit<A, "id" | "causationId" | "sequence" | "type"> & {
  /** The id of the command that it answers. */
  readonly messageId: string;
};
/** The floor's word that an order is placed: prices in ticks, quantities in lots. */
export type OrderReceipt = Receipt<OrderPlaced>;
/** The floor's word that a cancel is on its way to the trading engine. */
export type CancelReceipt = Receipt<CancelAccepted>;
/** The floor's word that a deposit is booked, in cash units. */
export type DepositReceipt = Receipt<DepositAccepted>;
/** The floor's word that an account is open, in cash units and lots. */
export type AccountReceipt = Receipt<AccountOpened>;

interface Submitted {
  readonly command: UnsentCommand;
  /** The caller's span; null while nothing is traced. */
  readonly sentIn: OutgoingCommand["sentIn"];
  readonly resolve: (answer: Promise<Answer>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends users' commands and waits for their answers; a floor has one as `floor.orders`. Commands go in
 * the order of the calls; those made at once go in one batch. Every command is durable as an intent
 * before it is sent.
 */
export class OrderClient implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #answers: Answers;
  readonly #ledger: IntentLedger;
  #queue: Submitted[] = [];
  #pump: Promise<void> | null = null;
  #failure: unknown = null;
  #closed = false;

  private constructor(options: OrderClientOptions, ledger: IntentLedger) {
    this.#clock = options.clock;
    this.#answers = options.answers;
    this.#ledger = ledger;
  }

  /** Opens a client; what an earlier one of its name left open is sent again first. */
  static async open(options: OrderClientOptions): Promise<OrderClient> {
    const { log, clock, producer, instance } = options;
    return new OrderClient(options, await IntentLedger.open({ log, clock, producer, instance }));
  }

  /**
   * Resolves with a receipt when the order is placed, also when it was placed before (`duplicate`).
   *
   * @throws {OrderRejectedError} when the floor refuses it, with the reason's code
   * @throws {InvalidCommandError} when it cannot be sent; nothing was
   * @throws {AnswerTimeoutError} when no answer came within 30 s in which the log could be reached: the
   * outcome is unknown, and sending it again safe
   *
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * import { OrderRejectedError, startFloor } from "../../mod.ts";
   *
   * await using floor = await startFloor({
   *   log: "memory",
   *   symbols: ["AAPL"],
   *   accounts: [{ userId: "503", cash: 1_000 }],
   * });
   * const order = {
   *   orderId: "1003", userId: "503", symbol: "AAPL", quantity: 5, side: "buy", price: 189.5,
   * } as const;
   * assert.equal((await floor.orders.sendOrder(order)).duplicate, false);
   * assert.equal((await floor.orders.sendOrder(order)).duplicate, true);
   * await assert.rejects(
   *   floor.orders.sendOrder({ ...order, orderId: "1004", symbol: "INVALID" }),
   *   (error) => error instanceof OrderRejectedError && error.reason === "unknown-symbol",
   * );
   * ```
   */
  async sendOrder(request: OrderRequest): Promise<OrderReceipt> {
    const command = placeOrderOf(request, this.#now());
    const what = `place order ${command.orderId} of user ${command.userId}`;
    const answer = await this.#answer(command);
    if (answer.type === "order-placed") return receipt(answer);
    if (answer.type === "order-rejected") throw new OrderRejectedError(what, answer);
    throw unexpected(what, answer);
  }

  /**
   * Resolves when the cancel was handed to the trading engine; what came of it is notified separately.
   *
   * @throws as {@link sendOrder}
   *
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * import { startFloor } from "../../mod.ts";
   *
   * await using floor = await startFloor({
   *   log: "memory",
   *   symbols: ["AAPL"],
   *   accounts: [{ userId: "501", cash: 1_000 }],
   * });
   * const order = { orderId: "1", userId: "501" };
   * await floor.orders.sendOrder({ ...order, symbol: "AAPL", quantity: 5, side: "buy", price: 100 });
   * await floor.orders.cancelOrder(order);
   * for await (const { notification } of floor.notifications("501")) {
   *   if (notification.type !== "order-cancelled") continue;
   *   assert.equal(notification.quantityLots, 5);
   *   break;
   * }
   * ```
   */
  async cancelOrder(request: CancelRequest): Promise<CancelReceipt> {
    const command = cancelOrderOf(request, this.#now());
    const what = `cancel order ${command.orderId} of user ${command.userId}`;
    const answer = await this.#answer(command);
    if (answer.type === "cancel-accepted") return receipt(answer);
    if (answer.type === "cancel-rejected") throw new OrderRejectedError(what, answer);
    throw unexpected(what, answer);
  }

  /**
   * Resolves when the cash is booked; a second call with the same id books nothing more.
   *
   * @throws {CommandRejectedError} when the floor refuses it; else as {@link sendOrder}
   */
  async deposit(request: DepositRequest): Promise<DepositReceipt> {
    const command = depositOf(request, this.#now());
    const what = `deposit to user ${command.userId}`;
    const answer = await this.#answer(command);
    if (answer.type === "deposit-accepted") return receipt(answer);
    if (answer.type === "deposit-rejected") throw new CommandRejectedError(what, answer);
    throw unexpected(what, answer);
  }

  /**
   * Resolves when the account is open; a second call with the same id changes nothing.
   *
   * @throws {CommandRejectedError} when the floor refuses it; else as {@link sendOrder}
   */
  async openAccount(request: AccountRequest): Promise<AccountReceipt> {
    const command = openAccountOf(request, this.#now());
    const what = `open an account of user ${command.userId}`;
    const answer = await this.#answer(command);
    if (answer.type === "account-opened") return receipt(answer);
    if (answer.type === "account-rejected") throw new CommandRejectedError(what, answer);
    throw unexpected(what, answer);
  }

  /** Sends what waits, then refuses further commands. Answers may still come. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    while (this.#pump !== null) await this.#pump;
    if (this.#failure === null) await this.#ledger.finish();
  }

  /** {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #now(): number {
    return Math.floor(this.#clock.now());
  }

  async #answer(command: UnsentCommand): Promise<Answer> {
    this.#demandRoom();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#queue.push({ command, sentIn: this.#ledger.present, resolve, reject });
    this.#pump ??= this.#work();
    return await promise;
  }

  #demandRoom(): void {
    if (this.#closed) throw new Error("Cannot send a command: the client is closed");
    if (this.#failure !== null) {
      throw new Error("Cannot send a command: an earlier one could not be sent", {
        cause: this.#failure,
      });
    }
    if (this.#queue.length >= MAX_QUEUED_COMMANDS) {
      throw new RangeError(`Cannot send a command: ${MAX_QUEUED_COMMANDS} are waiting`);
    }
    if (this.#answers.pending + this.#queue.length >= MAX_PENDING_ANSWERS) {
      throw new RangeError(`Cannot send a command: ${MAX_PENDING_ANSWERS} await their answers`);
    }
  }

  async #work(): Promise<void> {
    // The caller's loop of calls runs to its end first, so that one batch takes them all.
    await Promise.resolve();
    while (this.#queue.length > 0 && this.#failure === null) {
      await this.#send(this.#queue.splice(0, MAX_COMMANDS_PER_BATCH));
    }
    for (const { reject } of this.#queue) reject(this.#failure);
    this.#queue = [];
    this.#pump = null;
  }

  async #send(batch: readonly Submitted[]): Promise<void> {
    const first = this.#ledger.nextNumber;
    const ids = batch.map((_, i) => this.#ledger.messageId(first + i));
    const intendedAt = this.#now();
    const outgoing = batch.map(({ command, sentIn = null, resolve }, i): OutgoingCommand => {
      const id = ids[i]!; // As many ids as commands.
      // Listening begins before sending, so that no answer can be missed.
      resolve(this.#answers.waitFor(id));
      const value = JSON.stringify(withId(command, id));
      const { correlationId, userId: key } = command;
      return { correlationId, intendedAt, key, value, sentIn };
    });
    try {
      await this.#ledger.send(outgoing);
      this.#answers.sent(ids);
    } catch (error) {
      // Whether they will be sent is for the client that opens the ledger next.
      this.#failure = error;
      for (const id of ids) this.#answers.abandon(id, error);
    }
  }
}

function receipt<A extends Answer>(answer: A): Receipt<A> {
  const { id: _id, type: _type, sequence: _sequence, causationId = "", ...rest } = answer;
  return { ...rest, messageId: causationId };
}

function unexpected(what: string, answer: Answer): Error {
  return new Error(`Cannot ${what}: the answer is of type ${answer.type}`);
}
