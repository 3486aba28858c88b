/**
 * Records that a fold did not take as a message of its own: repeats, malformed bytes, what fits nothing,
 * poison; and the floor's opening, which every fold takes alike.
 *
 * @module
 */

import {
  channelOf,
  type DeadLetter,
  type Envelope,
  type FloorOpened,
} from "../../../kafka/messages/mod.ts";
import { formatCount } from "../../report/figures.ts";
import { formatPartition, formatPlace } from "../record_place.ts";
import type { SentMessage, Step } from "../step.ts";
import type { Decision, DecisionContext } from "./decision.ts";
import { listOf, messageLine } from "./message_line.ts";
import { many, ordersASecond } from "./words.ts";

/** A derived message whose number was taken before. */
export function repeatDecision(step: Step, context: DecisionContext): Decision {
  const { message } = step.record;
  const envelope: Envelope | null = message;
  const sequence = envelope?.sequence;
  const channel = envelope === null ? null : channelOf(envelope.id);
  const { nextSequence } = step;
  const next = nextSequence === undefined ? "" : `, and ${nextSequence} was next`;
  const numbered = sequence === undefined || channel === null
    ? ""
    : ` (sequence ${sequence} from ${channel}${next})`;
  return {
    headline: `It had come before${numbered}: nothing changed.`,
    reasons: [
      ...(message === null ? [] : [`What came again: ${messageLine(message, context.units)}.`]),
      "Whoever comes back after a crash publishes again what may not have arrived. A receiver takes " +
      "only the next number from each partition, so each effect happens once.",
    ],
  };
}

/** Bytes that are no message of the topic. */
export function malformedDecision(step: Step): Decision {
  const { record } = step;
  const { topic } = record.place;
  const why = record.malformed === null ? "" : `: ${record.malformed}`;
  return {
    headline: `Set aside as malformed: the bytes are no message of ${topic}${why}.`,
    reasons: [
      ...letterReason(step),
      "Nothing of the state changed, and nothing else was sent: nobody can be answered.",
    ],
  };
}

/** A derived message from nowhere, or one that fits nothing here. */
export function refusedDecision(step: Step, { units }: DecisionContext): Decision {
  const { message } = step.record;
  const letter = letterOf(step)?.message;
  const error = letter?.type === "dead-letter" ? letter.error : null;
  const what = message === null ? "the record" : messageLine(message, units);
  return {
    headline: `Refused, and nothing changed: ${error ?? what}.`,
    reasons: [
      ...(error === null ? [] : [`The record says: ${what}.`]),
      ...letterReason(step),
      "Its sequence was not used up, so the message that belongs there can still come.",
    ],
  };
}

/** A record that is passed over by a durable mark. */
export function skippedDecision(step: Step): Decision {
  const { sequence }: Partial<Envelope> = step.record.message ?? {};
  return {
    headline: `Skipped: ${formatPlace(step.record.place)} is marked as poison.`,
    reasons: [
      "The fold threw on it, and threw again from a clean state. Its dead letter is the mark by " +
      "which every fold of this partition passes it over, so all of them hold the same state.",
      ...(sequence === undefined ? ["What would have followed from it never comes."] : [
        `Its sequence ${sequence} counts as used, so what comes after it is no gap; ` +
        "what would have followed from it never comes.",
      ]),
    ],
  };
}

/** The floor's parameters, which are the first record of every folded partition. */
export function openingDecision(step: Step, { parameters }: FloorOpened): Decision {
  const partition = formatPartition(step.record.place);
  const { symbols, limits } = parameters;
  const version = parameters.foldVersions[step.actor];
  const traded = listOf(symbols.map(({ symbol }) => symbol));
  const live = formatCount(limits.liveOrdersPerUser);
  if (step.before?.value["opened"] === true) {
    return {
      headline: `${partition} had been opened with the same parameters: nothing changed.`,
      reasons: ["One that opened it with others would be poison, and skipped."],
    };
  }
  return {
    headline: `The floor opened in ${partition}: whatever follows is decided by its parameters.`,
    reasons: [
      `${many(symbols.length, "symbol")} can be traded: ${traded}.`,
      `A user may send ${ordersASecond(limits.ordersPerSecond)}, ` +
      `${formatCount(limits.orderBurst)} at once, and have ${live} live.`,
      ...(version === undefined
        ? []
        : [`It is folded by version ${version} of ${step.actor}; another one refuses to go on.`]),
    ],
  };
}

function letterOf(step: Step): SentMessage | null {
  return step.sent.find(({ message }) => message.type === "dead-letter") ?? null;
}

function letterReason(step: Step): readonly string[] {
  const sent = letterOf(step);
  if (sent === null) return [];
  // letterOf finds dead letters only.
  const { valueBytes } = sent.message as DeadLetter;
  const where = sent.place === null
    ? `was meant for ${formatPartition(sent)} and is not in the log`
    : `is ${formatPlace(sent.place)}`;
  return [`Its dead letter, with its ${many(valueBytes, "byte")}, ${where}.`];
}
