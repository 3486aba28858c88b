/**
 * What an order's life comes to, in sentences.
 *
 * @module
 */

import type { Notification, OrderCancelled, OrderFilled } from "../../kafka/messages/mod.ts";
import { formatPlace } from "../actor_log/record_place.ts";
import type { ReadRecord } from "../actor_log/step.ts";
import { messageLine } from "../actor_log/views/message_line.ts";
import type { Units } from "../actor_log/views/units.ts";
import { allPassages, type Passage, stopsIn } from "./story.ts";
import { answerIn } from "../actor_log/first_answers.ts";
import { firstSaid } from "./told_records.ts";

/** The sentences of an order's whole life, of which `passages` may be a part; what it is comes first. */
export function orderSummary(
  life: readonly ReadRecord[],
  passages: readonly Passage[],
  units: Units,
): readonly string[] {
  const firsts = firstSaid(life);
  return [
    ...asked(firsts, units),
    ...answered(firsts),
    ...filled(firsts, passages, units),
    // Of what stopped on its way, that is said instead.
    ...(stopsIn(passages).length > 0 ? [] : ended(firsts, units)),
    ...saidAgain(life, firsts),
    ...befallen(passages),
  ];
}

/** How an order ended, in a word or two: for a list of orders. */
export function orderOutcome(life: readonly ReadRecord[], units: Units): string {
  const firsts = firstSaid(life);
  const answer = firsts.map(answerIn).find((each) =>
    each?.type === "order-placed" || each?.type === "order-rejected"
  );
  if (answer === undefined || answer === null) return "never answered";
  if (answer.type === "order-rejected") return `refused: ${answer.reason}`;
  const fills = messagesOf(firsts, "order-filled");
  const lots = fills.reduce((sum, { quantityLots }) => sum + quantityLots, 0);
  const [cancelled] = messagesOf(firsts, "order-cancelled");
  const [accepted] = messagesOf(firsts, "order-accepted");
  const of = accepted === undefined
    ? ""
    : ` of ${units.quantity(accepted.symbol, accepted.quantityLots)}`;
  const symbol = accepted?.symbol ?? fills[0]?.symbol ?? "";
  const traded = `filled ${units.quantity(symbol, lots)}${of}`;
  if (cancelled !== undefined) return `${traded}, then cancelled`;
  return fills.at(-1)?.remainingLots === 0 ? "filled" : `${traded}, the rest open`;
}

function asked(records: readonly ReadRecord[], units: Units): readonly string[] {
  const first = records.find(({ message }) => message?.type === "place-order") ??
    records.find(({ message }) => message?.type === "intent") ?? records[0];
  const message = first?.message ?? null;
  return message === null ? [] : [`${messageLine(message, units)}.`];
}

function answered(records: readonly ReadRecord[]): readonly string[] {
  const answers = records.flatMap((record) => {
    const answer = answerIn(record);
    return answer?.type === "order-placed" || answer?.type === "order-rejected"
      ? [{ answer, place: record.place }]
      : [];
  });
  const [first] = answers;
  if (first === undefined) return ["It never got an answer."];
  const { answer, place } = first;
  const again = answers.filter((each) => each.answer.duplicate).length;
  const repeated = again === 0
    ? ""
    : ` The same answer was given ${times(again)} more, to resends: they changed nothing.`;
  return answer.type === "order-placed"
    ? [`Placed, by the answer at ${formatPlace(place)}.${repeated}`]
    : [
      `Refused as ${answer.reason} (${answer.detail}), by the answer at ${
        formatPlace(place)
      }.${repeated}`,
    ];
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

/** Parties of its trades that are named. */
const MAX_PARTIES = 4;

function filled(
  records: readonly ReadRecord[],
  passages: readonly Passage[],
  units: Units,
): readonly string[] {
  const fills = messagesOf(records, "order-filled");
  const last = fills.at(-1);
  if (last === undefined) return [];
  const { symbol, side } = last;
  const lots = fills.reduce((sum, { quantityLots }) => sum + quantityLots, 0);
  const ticks = fills.map(({ priceTicks }) => priceTicks);
  const [lowest, highest] = [Math.min(...ticks), Math.max(...ticks)];
  const prices = lowest === highest
    ? `at ${units.price(symbol, lowest)}`
    : `at ${units.price(symbol, lowest)} to ${units.price(symbol, highest)}`;
  const open = last.remainingLots === 0
    ? "nothing is left open"
    : `${units.quantity(symbol, last.remainingLots)} were left open`;
  return [
    `${side === "buy" ? "Bought" : "Sold"} ${
      units.quantity(symbol, lots)
    } ${symbol} ${prices} in ` +
    `${fills.length} ${fills.length === 1 ? "trade" : "trades"}${
      partiesOf(fills, passages)
    }; ${open}.`,
  ];
}

/** Whom it traded with, where the engine's steps are told that say so. */
function partiesOf(fills: readonly OrderFilled[], passages: readonly Passage[]): string {
  const wanted = new Set(fills.map(({ tradeId }) => tradeId));
  const own = new Set(fills.map(({ orderNumber }) => orderNumber));
  const parties = new Set<string>();
  for (const { steps } of allPassages(passages)) {
    for (const { message } of steps.flatMap(({ step }) => step.sent)) {
      if (message.type !== "order-filled" || !wanted.has(message.tradeId)) continue;
      if (!own.has(message.orderNumber)) parties.add(`${message.userId}'s ${message.orderId}`);
    }
  }
  if (parties.size === 0) return "";
  const shown = [...parties].slice(0, MAX_PARTIES);
  const rest = parties.size - shown.length;
  return `, with ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function ended(records: readonly ReadRecord[], units: Units): readonly string[] {
  const [cancelled] = messagesOf(records, "order-cancelled");
  if (cancelled !== undefined) {
    const { symbol, quantityLots } = cancelled;
    return [
      `It ended with ${units.quantity(symbol, quantityLots)} ${symbol} unfilled: ${
        CANCELLED[cancelled.reason]
      }.`,
    ];
  }
  const [accepted] = messagesOf(records, "order-accepted");
  if (accepted === undefined) return [];
  const left = messagesOf(records, "order-filled").at(-1)?.remainingLots ?? accepted.quantityLots;
  if (left === 0) return [];
  const { symbol } = accepted;
  return [
    `Left in the book at the end of the log: ${units.quantity(symbol, left)} ${symbol}, neither ` +
    "filled nor cancelled.",
  ];
}

const CANCELLED: Readonly<Record<OrderCancelled["reason"], string>> = {
  requested: "its user cancelled it",
  unfilled: "what of it did not trade at once was not to rest",
  budget: "the cash that was reserved for it was spent",
};

function saidAgain(
  life: readonly ReadRecord[],
  firsts: readonly ReadRecord[],
): readonly string[] {
  const said = new Set(firsts);
  const repeats = life.filter((record) => !said.has(record));
  const [first] = repeats;
  if (first === undefined) return [];
  return [
    `${repeats.length} of its records ${repeats.length === 1 ? "stands" : "stand"} in the log a ` +
    `second time (the first of these: ${
      formatPlace(first.place)
    }), sent again after a restart and ` +
    "dropped by whoever received them.",
  ];
}

function befallen(passages: readonly Passage[]): readonly string[] {
  const actors = new Set<string>();
  for (const { steps } of allPassages(passages)) {
    for (const { interruption } of steps) {
      for (const event of interruption?.events ?? []) {
        if (event.kind === "failure") actors.add(event.actor);
      }
    }
  }
  return actors.size === 0 ? [] : [`While it was under way ${[...actors].join(", ")} died.`];
}

type TypeOf<T extends Notification["type"] | "order-accepted"> = Extract<
  NonNullable<ReadRecord["message"]>,
  { readonly type: T }
>;

function messagesOf<T extends Notification["type"] | "order-accepted">(
  records: readonly ReadRecord[],
  type: T,
): readonly TypeOf<T>[] {
  return records.flatMap(({ message }) =>
    // Told apart by its type.
    message?.type === type ? [message as TypeOf<T>] : []
  );
}
