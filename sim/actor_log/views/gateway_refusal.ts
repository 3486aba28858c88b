/**
 * Why the gateway refused a command, with the figures that it was refused by.
 *
 * @module
 */

import { partitionForKey } from "../../../kafka/partitioner.ts";
import type { Answer, ClientCommand, RejectReason } from "../../../kafka/messages/mod.ts";
import { formatCount } from "../../report/figures.ts";
import type { Step } from "../step.ts";
import type { Decision, DecisionContext } from "./decision.ts";
import { fundsWhy, roomWhy } from "./funds_refusal.ts";
import { listOf } from "./message_line.ts";
import { accountsOf } from "./raw_of.ts";
import { shortText, showValue } from "./show_value.ts";
import { clockTime, span } from "./time_text.ts";
import type { Units } from "./units.ts";
import { wantedOrder } from "./wanted_order.ts";
import { many, ordersASecond, tokens } from "./words.ts";

/** An answer that refuses. */
export type RefusingAnswer = Extract<Answer, { readonly reason: RejectReason }>;

/** A command that was refused. */
export interface RefusedCommand {
  readonly command: ClientCommand;
  readonly answer: RefusingAnswer;
}

/** Why: the first clause ends the headline, the rest are sentences of their own. */
export interface Why {
  readonly clause: string;
  readonly more?: readonly string[];
}

/** A command as sentences name it. */
export function commandName(command: ClientCommand, units: Units): string {
  const { userId } = command;
  switch (command.type) {
    case "place-order":
      return `${userId}'s order ${command.orderId}`;
    case "cancel-order":
      return `${userId}'s cancel ${command.cancelId} of order ${command.orderId}`;
    case "open-account":
      return `${userId}'s opening ${command.commandId}`;
    case "deposit": {
      const { amount } = command;
      const exact = typeof amount === "number" ? units.instruments.cashToUnits(amount) : null;
      const shown = exact === null ? showValue(amount) : units.cash(exact);
      return `${userId}'s deposit ${command.depositId} of ${shown}`;
    }
  }
}

/** The decision of a step that refused a command, for the first time. */
export function refusal(step: Step, refused: RefusedCommand, context: DecisionContext): Decision {
  const { command, answer } = refused;
  const { units } = context;
  const { clause, more = [] } = whyOf(step, refused, context);
  const asked = command.type === "place-order"
    ? [`The order was: ${wantedOrder(command, units)}.`]
    : [];
  return {
    headline: `Refused ${commandName(command, units)}, ${answer.reason}: ${clause}.`,
    reasons: [...more, ...asked, ...idReason(step, answer.reason)],
  };
}

function whyOf(step: Step, refused: RefusedCommand, context: DecisionContext): Why {
  const { reason, detail } = refused.answer;
  switch (reason) {
    case "wrong-partition":
      return partitionWhy(step, context);
    case "unknown-account":
      return { clause: `${refused.command.userId} has no account in this partition, its own` };
    case "unknown-symbol": {
      const { symbols } = context.units.parameters;
      return {
        clause: detail,
        more: [`What is traded: ${listOf(symbols.map(({ symbol }) => symbol))}.`],
      };
    }
    case "id-conflict":
    case "stale":
    case "id-space-exhausted":
      return idWhy(step, refused, context);
    case "rate-limited":
      return rateWhy(step, context);
    case "too-many-live-orders":
    case "insufficient-cash":
    case "insufficient-holdings":
      return fundsWhy(step, refused, context);
    case "cash-limit":
    case "account-exists":
    case "too-many-accounts":
      return roomWhy(step, refused, context);
    case "unknown-order":
      return { clause: detail, more: ["No order of this user has used the id so far."] };
    case "order-not-live":
      return { clause: detail, more: ["There is nothing left of it that could be cancelled."] };
    default:
      return {
        clause: detail,
        more: ["A command's own mistakes come first: nothing but the command decides on them."],
      };
  }
}

function partitionWhy({ record }: Step, { units }: DecisionContext): Why {
  const { key, message, place } = record;
  if (message === null || !("userId" in message)) return { clause: "the record is not the user's" };
  if (key !== message.userId) {
    const keyed = key === null ? "has no key" : `is keyed by ${shortText(key)}`;
    return { clause: `the record ${keyed}, and the command is ${message.userId}'s` };
  }
  const count = units.parameters.partitions[place.topic];
  if (count === undefined) return { clause: `it is not in ${key}'s partition` };
  return {
    clause: `${key}'s commands belong into ${place.topic}/${partitionForKey(key, count)}, ` +
      `and this is ${place.topic}/${place.partition}`,
  };
}

function idWhy(step: Step, refused: RefusedCommand, { units, first }: DecisionContext): Why {
  const { answer } = refused;
  const { before } = accountsOf(step);
  const { limits } = units.parameters;
  const kept = before?.id?.answer ?? null;
  if (answer.reason === "id-space-exhausted") {
    const used = before === null ? "" : `${many(before.idsUsed, "id")} used, `;
    const most = many(limits.fingerprintsPerUser, "id");
    return { clause: `${used}and ${most} of a user are kept for good` };
  }
  if (answer.reason === "id-conflict") {
    const where = first == null ? "" : ` (${first.topic}/${first.partition}/${first.offset})`;
    const clause = `the id was used before${where} with another body`;
    if (kept === null) return { clause };
    const outcome = kept.reason === null
      ? (refused.command.type === "place-order"
        ? `accepted as order no. ${kept.orderNumber}`
        : "accepted")
      : `refused as ${kept.reason}`;
    return { clause, more: [`The first one, stamped ${clockTime(kept.stamp)}, was ${outcome}.`] };
  }
  if (kept === null) {
    const newer = many(limits.answersPerUser, "answer");
    return {
      clause: "the id was used before, and only its fingerprint is kept",
      more: [`Its first answer gave way to newer ones: ${newer} of a user are remembered.`],
    };
  }
  const age = span(answer.timestamp - kept.stamp);
  return {
    clause: `the id was used ${age} before, past the horizon of ${span(limits.answerHorizonMs)}`,
    more: [
      "Its first answer is forgotten, the id is not: so it cannot trade twice however late it comes.",
    ],
  };
}

function rateWhy(step: Step, { units }: DecisionContext): Why {
  const { ordersPerSecond, orderBurst } = units.parameters.limits;
  const { after } = accountsOf(step);
  const allowed = `${ordersASecond(ordersPerSecond)} ` +
    `${ordersPerSecond === 1 ? "is" : "are"} allowed, ${formatCount(orderBurst)} at once`;
  if (after === null) return { clause: allowed };
  return {
    clause: `${after.userId}'s bucket held ${tokens(after.millitokens)} of the 1 token that an ` +
      `order takes; ${allowed}`,
  };
}

/** What became of the id. */
function idReason(step: Step, reason: RejectReason): readonly string[] {
  const { before, after } = accountsOf(step);
  if (step.before?.raw?.kind === "gateway") {
    return ["It left no trace: no id is used, nothing remembered."];
  }
  if (before === null || after === null) return [];
  if (after.idsUsed > before.idsUsed) {
    // A bucket is looked into by orders only, and refilled whenever it is.
    const tookToken = after.refilledAt !== before.refilledAt ||
      after.millitokens !== before.millitokens;
    return [
      `Nothing was reserved${tookToken ? "; the order took a token" : ""}. Its id is used: the ` +
      "same again gets this answer again, as long as it is remembered.",
    ];
  }
  return [
    reason === "rate-limited"
      ? "Nothing is reserved, and its id is not used: the same order may be sent again."
      : "Nothing changed.",
  ];
}
