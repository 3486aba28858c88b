/**
 * What the actors at the floor's edges did with a record: producers wrote it, the notifier handed it
 * on, the audit logger wrote it down.
 *
 * @module
 */

import type { Intent } from "../../../kafka/messages/mod.ts";
import { formatPartition, formatPlace } from "../record_place.ts";
import type { Step } from "../step.ts";
import { isCommand } from "../subject.ts";
import type { Decision, DecisionContext } from "./decision.ts";
import { intendedLine, messageLine } from "./message_line.ts";
import { clockTime } from "./time_text.ts";

/** A source wrote an intent or a price. */
export function wroteDecision(step: Step, context: DecisionContext): Decision {
  const { message } = step.record;
  switch (message?.type) {
    case "intent":
      return intentDecision(step, message, context);
    case "intents-acknowledged":
      return {
        headline: `${message.producer} noted that the commands of its intents before ` +
          `${message.before} are in order-commands.`,
        reasons: ["If it comes back, it sends only what comes after."],
      };
    case "price":
      return {
        headline: `${message.producer} published its price no. ${message.number} of ` +
          `${message.symbol}: ${message.price}.`,
        reasons: ["The number tells a reader what it has seen before."],
      };
    default:
      return { headline: `${step.actor} wrote the record.`, reasons: [] };
  }
}

function intentDecision(step: Step, intent: Intent, { units }: DecisionContext): Decision {
  const { producer, number, intendedAt } = intent;
  const target = `order-commands/${intent.partition}`;
  return {
    headline: `${producer} wrote down what it was about to send: ${intendedLine(intent, units)}.`,
    reasons: [
      `It is its intent no. ${number}, meant to be sent at ${clockTime(intendedAt)} to ${target}.`,
      arrivalReason(step, intent, target),
      "An intent is durable before its command is first sent, so no crash loses what was meant.",
    ],
  };
}

function arrivalReason(step: Step, intent: Intent, target: string): string {
  const place = step.sent[0]?.place ?? null;
  if (place !== null) return `The command stands at ${formatPlace(place)}.`;
  return isCommand(intent)
    ? `The command is not in ${target}: it was not sent, or did not arrive. ` +
      "A producer that comes back sends it again, unchanged."
    : "Its bytes are meant to be no command, so nothing tells by an id whether they arrived.";
}

/** The notifier took a notification for live streams. */
export function deliveredDecision(
  step: Step,
  { units, hadComeBefore }: DecisionContext,
): Decision {
  const { key, message, text, place } = step.record;
  if (key === null) {
    return { headline: "It has no user: nobody's notification, passed over.", reasons: [] };
  }
  if (text === null) {
    return {
      headline: `Counted as unreadable: nothing can be told ${key} of bytes that are no text.`,
      reasons: [],
    };
  }
  if (message?.type === "floor-opened") {
    return { headline: "The floor's opening is nobody's notification, passed over.", reasons: [] };
  }
  const told = message === null ? "text that is no notification" : messageLine(message, units);
  if (hadComeBefore === true && message !== null) {
    return {
      headline: `Passed over by ${key}'s streams, which had it before: ${told}.`,
      reasons: [
        "Whoever comes back after a crash publishes again; streams tell repeats by their sequence.",
      ],
    };
  }
  const partition = formatPartition(place);
  return {
    headline: `Open to whoever listens for ${key}: ${told}.`,
    reasons: [
      `A stream goes on from an offset (${place.offset} in ${partition}), so one that was away gets ` +
      "what it missed.",
    ],
  };
}

/** The audit logger wrote the record down. */
export function recordedDecision(step: Step): Decision {
  const { place } = step.record;
  return {
    headline: `Copied ${formatPlace(place)} into the audit log, whatever its bytes are.`,
    reasons: [
      `It is a line of the hash chain of ${formatPartition(place)}: whoever writes that line, ` +
      "it is the same to the byte.",
    ],
  };
}
