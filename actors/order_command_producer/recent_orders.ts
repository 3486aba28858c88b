/**
 * A producer's own recent orders: what it may cancel, send again or send wrongly again.
 *
 * @module
 */

import { decodeText, type Intent, type PlaceOrder } from "../../kafka/messages/mod.ts";
import { joinedId } from "../../kafka/messages/joined_id.ts";
import type { Random } from "../seeded_random.ts";

/** Orders older than so many of the producer's commands are neither cancelled nor sent again. */
export const RECENT_COMMANDS = 512;

/** The latest ones, among which most that were meant to rest still do. */
export const LATEST_COMMANDS = 64;

/** How often a drawn place may hold no order before the search is given up. */
const TRIES = 16;

/** The id of the order that a producer's command `number` places, when it is a well-meant one. */
export function ownOrderId(producer: string, number: number): string {
  return joinedId([producer, number], "-");
}

/**
 * The orders among a producer's last {@link RECENT_COMMANDS} commands that it has not cancelled since.
 * They follow from those commands alone, so that {@link restore} gives what a crash took.
 */
export class RecentOrders {
  readonly #producer: string;
  readonly #slots: (PlaceOrder | null)[] = new Array(RECENT_COMMANDS).fill(null);
  #next = 0;

  constructor(producer: string) {
    this.#producer = producer;
  }

  /** Notes the next command: a well-meant order, or null for anything else. */
  push(number: number, order: PlaceOrder | null): void {
    this.#slots[number % RECENT_COMMANDS] = order;
    this.#next = number + 1;
  }

  /** One of them, or null when none was found. */
  pick(random: Random): PlaceOrder | null {
    for (const order of this.#draws(random, RECENT_COMMANDS)) return order;
    return null;
  }

  /**
   * Of some of the latest the one with the highest score above 0, or else any of the recent ones: what
   * rests in a book is seldom old. Null when none was found.
   */
  pickLatest(random: Random, score: (order: PlaceOrder) => number): PlaceOrder | null {
    let best: PlaceOrder | null = null;
    let highest = 0;
    for (const order of this.#draws(random, LATEST_COMMANDS)) {
      const reached = score(order);
      if (reached <= highest) continue;
      best = order;
      highest = reached;
    }
    return best ?? this.pick(random);
  }

  /** Notes that the order is cancelled: it is picked no more. */
  cancelled(orderId: string): void {
    const number = this.#numberOf(orderId);
    if (number === null) return;
    const at = number % RECENT_COMMANDS;
    if (this.#slots[at]?.orderId === orderId) this.#slots[at] = null;
  }

  /** Notes the producer's last commands again, oldest first. */
  restore(intents: readonly Intent[]): void {
    for (const intent of intents) {
      const decoded = intent.encoding === "text"
        ? decodeText("order-commands", intent.value)
        : undefined;
      const command = decoded?.ok === true ? decoded.message : undefined;
      const own = command?.type === "place-order" &&
        command.orderId === ownOrderId(this.#producer, intent.number);
      this.push(intent.number, own ? command : null);
      if (command?.type === "cancel-order") this.cancelled(command.orderId);
    }
  }

  /** Orders at places drawn among the last `reach` commands. */
  *#draws(
    random: Random,
    reach: number,
  ): Generator<PlaceOrder> {
    const within = Math.min(this.#next, reach);
    for (let i = 0; i < TRIES && within > 0; i++) {
      const number = this.#next - 1 - Math.floor(random() * within);
      const order = this.#slots[number % RECENT_COMMANDS];
      if (order !== null && order !== undefined) yield order;
    }
  }

  #numberOf(orderId: string): number | null {
    if (!orderId.startsWith(`${this.#producer}-`)) return null;
    const number = Number(orderId.slice(this.#producer.length + 1));
    return Number.isSafeInteger(number) && number >= 0 ? number : null;
  }
}
