/**
 * What is shown of a state: the part that a record is about, as plain values.
 *
 * @module
 */

import type { MessageTopic, TopicMessages } from "../../../kafka/messages/mod.ts";
import type { RawView } from "./raw_view.ts";

/** A value to be shown. Objects list their names in the order in which they are to be shown. */
export type StateValue =
  | string
  | number
  | boolean
  | null
  | readonly StateValue[]
  | { readonly [name: string]: StateValue };

/** An order that rests in a book. */
export interface RestingOrder {
  /** Unique on the floor. */
  readonly orderNumber: number;
  /** Whose it is. */
  readonly userId: string;
  /** The client's id of it. */
  readonly orderId: string;
  /** What is still open. */
  readonly lots: number;
}

/** One price of one side of a book. */
export interface LadderLevel {
  /** In ticks. */
  readonly priceTicks: number;
  /** Of all its orders. */
  readonly lots: number;
  /** How many orders rest there. */
  readonly orderCount: number;
  /** In the order in which they will trade; at most a named limit of them. */
  readonly orders: readonly RestingOrder[];
}

/** A book's best prices, each side from the best on; at most a named limit of levels. */
export interface Ladder {
  /** Ticker. */
  readonly symbol: string;
  /** Decimal: what one tick is worth, for showing prices. */
  readonly tickSize: number;
  /** Decimal: what one lot is worth. */
  readonly lotSize: number;
  /** The highest first. */
  readonly bids: readonly LadderLevel[];
  /** The lowest first. */
  readonly asks: readonly LadderLevel[];
  /** Levels that exist beyond those listed. */
  readonly hiddenBids: number;
  /** As {@link hiddenBids}. */
  readonly hiddenAsks: number;
}

/** The part of an actor's state that a record is about, before or after it. */
export interface StateView {
  /** What it is: `account 501`, `book AAPL`, `portfolio 501`; `floor` for what belongs to nobody. */
  readonly subject: string;
  /** In people's units: prices, quantities and cash are decimal texts such as `8105.00`. */
  readonly value: { readonly [name: string]: StateValue };
  /** The engine's book; left out elsewhere. */
  readonly ladder?: Ladder;
  /** The same in integers, where the record concerns somebody; decisions are told from it. */
  readonly raw?: RawView;
}

/** Shows what a role's state has to do with a record. Reads only, and costs little: it is asked often. */
export interface StateLens<State, T extends MessageTopic = MessageTopic> {
  /** `message` is null for bytes that are no message. */
  view(
    state: State,
    about: { readonly message: TopicMessages[T] | null; readonly key: string | null },
  ): StateView;
}
