/**
 * Why the gateway answered a command as it did, and what a settlement did to an account.
 *
 * @module
 */

import {
  type Answer,
  type ClientCommand,
  isAnswer,
  type OrderAccepted,
  type OrderPlaced,
} from "../../../kafka/messages/mod.ts";
import { formatCount } from "../../report/figures.ts";
import { formatPartition, formatPlace } from "../record_place.ts";
import type { Step } from "../step.ts";
import type { Decision, DecisionContext } from "./decision.ts";
import { grouped } from "./decimal_text.ts";
import { commandName, refusal } from "./gateway_refusal.ts";
import { listOf } from "./message_line.ts";
import { accountsOf } from "./raw_of.ts";
import { settlementDecision } from "./settlement_decision.ts";
import { sharesOf } from "./shares.ts";
import { clockTime } from "./time_text.ts";
import { checkedOrder } from "./wanted_order.ts";
import { many, tokens } from "./words.ts";

/** The decision of a gateway's step that was applied. */
export function gatewayDecision(step: Step, context: DecisionContext): Decision {
  const { message } = step.record;
  switch (message?.type) {
    case "settle-fill":
    case "release-order":
      return settlementDecision(step, message, context);
    case "place-order":
    case "cancel-order":
    case "open-account":
    case "deposit":
      return commandDecision(step, message, context);
    default:
      return { headline: "The gateway took the record.", reasons: [] };
  }
}

function commandDecision(
  step: Step,
  command: ClientCommand,
  context: DecisionContext,
): Decision {
  const name = commandName(command, context.units);
  const answer = answerOf(step);
  if (answer === null) return { headline: `Judged ${name}; its answer is not known.`, reasons: [] };
  if (answer.duplicate) return againDecision(step, { name, answer }, context);
  if ("reason" in answer) return refusal(step, { command, answer }, context);
  switch (answer.type) {
    case "order-placed":
      return placedDecision(step, answer, context);
    case "cancel-accepted":
      return cancelDecision(step, name);
    case "account-opened":
      return openedDecision(step, answer, context);
    case "deposit-accepted":
      return depositDecision(step, { name, amountUnits: answer.amountUnits }, context);
  }
}

function answerOf(step: Step): Answer | null {
  for (const { topic, message } of step.sent) {
    // What goes to notifications is a notification.
    if (topic === "notifications" && "duplicate" in message && isAnswer(message)) return message;
  }
  return null;
}

/** The first answer once more. */
function againDecision(
  step: Step,
  { name, answer }: { readonly name: string; readonly answer: Answer },
  { first }: DecisionContext,
): Decision {
  const { before } = accountsOf(step);
  const kept = before?.id?.answer ?? null;
  const where = first == null ? "" : ` at ${formatPlace(first)}`;
  const when = kept === null ? "" : `, stamped ${clockTime(kept.stamp)}`;
  const outcome = "reason" in answer
    ? `refused, ${answer.reason}: ${answer.detail}`
    : answer.type === "order-placed"
    ? `placed, as order no. ${answer.orderNumber}`
    : "accepted";
  return {
    headline: `Answered ${name} again, as at first: ${outcome}.`,
    reasons: [
      `The same id with the same body was answered before${where}${when}: ` +
      "the first answer again, and nothing changed.",
      "An id is an idempotency key: a resend takes no token, reserves nothing and reaches no engine.",
    ],
  };
}

function placedDecision(
  step: Step,
  placed: OrderPlaced,
  { units }: DecisionContext,
): Decision {
  const { userId, orderId } = placed;
  const sent = step.sent.find(({ message }) => message.type === "order-accepted");
  // find() does not narrow.
  const order = sent?.message as OrderAccepted | undefined;
  const what = checkedOrder(order ?? placed, units);
  const reserved = reservedText(step, placed, { units });
  return {
    headline: `Accepted ${userId}'s order ${orderId}: ${what}; ${reserved}.`,
    reasons: [
      "Its form, symbol, tick and lot are right, and its id was new.",
      ...rateReason(step, { units }),
      ...limitReason(placed, { units }),
      ...(sent === undefined ? [] : [
        `It is order no. ${placed.orderNumber} of the floor, and went to the trading engine at ` +
        `${sent.place === null ? formatPartition(sent) : formatPlace(sent.place)}.`,
      ]),
    ],
  };
}

/** `1,895.00 of 10,000.00 cash was reserved, 8,105.00 stay free`. */
function reservedText(
  step: Step,
  { side, symbol, reserved }: OrderPlaced,
  { units }: DecisionContext,
): string {
  const { before, after } = accountsOf(step);
  if (side === "buy") {
    if (before === null || after === null) return `${units.cash(reserved)} cash was reserved`;
    return `${units.cash(reserved)} of ${units.cash(before.availableUnits)} cash was reserved, ` +
      `${units.cash(after.availableUnits)} stay free`;
  }
  const quantity = units.quantity(symbol, reserved);
  const was = before?.holding ?? null;
  const is = after?.holding ?? null;
  const verb = reserved === 1 ? "was" : "were";
  if (was === null || is === null) return `${quantity} ${symbol} ${verb} reserved`;
  const [free, left] = [was, is].map(({ heldLots, reservedLots }) =>
    units.quantity(symbol, heldLots - reservedLots)
  );
  return `${quantity} of ${free} ${symbol} ${verb} reserved, ${left} stay free`;
}

function rateReason(step: Step, { units }: DecisionContext): readonly string[] {
  const { after } = accountsOf(step);
  if (after === null) return [];
  const { ordersPerSecond, orderBurst } = units.parameters.limits;
  const held = `${tokens(after.millitokens + 1_000)} of ${formatCount(orderBurst)} tokens`;
  const refill = `${grouped(String(ordersPerSecond))} a second come in`;
  return [
    `The rate allowed it: ${held} were in ${after.userId}'s bucket (${refill}), and one was taken.`,
  ];
}

function limitReason(placed: OrderPlaced, { units }: DecisionContext): readonly string[] {
  const { side, symbol, quantityLots, limitTicks, reserved } = placed;
  if (side === "sell") return ["A sell reserves the shares that it may sell."];
  if (limitTicks === null) {
    return ["A buy without a limit reserves all the cash that is free: nobody knows its price."];
  }
  return [
    `A buy reserves its limit times its quantity: ${units.price(symbol, limitTicks)} x ` +
    `${units.quantity(symbol, quantityLots)} = ${units.cash(reserved)}.`,
  ];
}

function cancelDecision(step: Step, name: string): Decision {
  const sent = step.sent.find(({ message }) => message.type === "cancel-requested");
  const where = sent === undefined
    ? ""
    : ` at ${sent.place === null ? formatPartition(sent) : formatPlace(sent.place)}`;
  return {
    headline: `Accepted ${name}: the order is live, and its cancel went to the trading engine.`,
    reasons: [
      `The engine${where} alone knows what is left of the order: it cancels it, or says that the ` +
      "cancel came too late.",
      "What is reserved stays reserved until the engine releases it.",
    ],
  };
}

function openedDecision(
  step: Step,
  opened: Extract<Answer, { readonly type: "account-opened" }>,
  { units }: DecisionContext,
): Decision {
  const { after } = accountsOf(step);
  const shares = listOf(sharesOf(opened.holdings, units));
  const accounts = after?.partition.accounts ?? null;
  return {
    headline: `Opened an account for ${opened.userId} with ${units.cash(opened.cashUnits)} cash; ` +
      `${shares === "" ? "no shares" : shares}.`,
    reasons: [
      "The user had none in this partition, the one where it belongs.",
      ...(accounts === null
        ? []
        : [`The partition has ${many(accounts, "account")} now, and the bucket begins full.`]),
    ],
  };
}

function depositDecision(
  step: Step,
  { name, amountUnits }: { readonly name: string; readonly amountUnits: number },
  { units }: DecisionContext,
): Decision {
  const { after } = accountsOf(step);
  const free = after === null ? "" : `; ${units.cash(after.availableUnits)} cash is free now`;
  return {
    headline: `Accepted ${name}: ${units.cash(amountUnits)} came in${free}.`,
    reasons: ["Its id was new, and the floor's cash stays countable with it."],
  };
}
