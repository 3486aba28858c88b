/**
 * Which command was answered first under an id of a client's, and where that answer stands. The gateway
 * keeps this by the id's fingerprint; the log has it in the answers themselves.
 *
 * @module
 */

import {
  type Answer,
  isAnswer,
  type Message,
  type Notification,
} from "../../kafka/messages/mod.ts";
import { originOf } from "./outputs_in_log.ts";
import { isSamePlace, type RecordPlace } from "./record_place.ts";
import type { ReadRecord } from "./step.ts";

/** An answer that uses no id leaves the next command under it the first. */
const IDS_NOT_USED: ReadonlySet<string> = new Set([
  "rate-limited",
  "wrong-partition",
  "unknown-account",
  "id-space-exhausted",
]);

interface FirstAnswer {
  readonly command: RecordPlace;
  readonly answer: RecordPlace;
}

/** The first answers among some records. */
export class FirstAnswers {
  /** By {@link keyOf}. */
  readonly #firsts = new Map<string, FirstAnswer>();

  /** Takes a record; those of one id in the run's order. */
  take({ message, place }: Pick<ReadRecord, "message" | "place">): void {
    const answer = answerIn({ message, place });
    if (answer === null || answer.duplicate) return;
    if ("reason" in answer && IDS_NOT_USED.has(answer.reason)) return;
    const key = keyOf(answer);
    const command = originOf(answer);
    if (key === null || command === null || this.#firsts.has(key)) return;
    this.#firsts.set(key, { command, answer: place });
  }

  /** The command that was answered first under the same id; null for the first itself. */
  firstCommand({ message, place }: Pick<ReadRecord, "message" | "place">): RecordPlace | null {
    if (message === null || place.topic !== "order-commands") return null;
    return other(this.#firsts.get(keyOf(message) ?? "")?.command, place);
  }

  /** The first answer, which a duplicate repeats; null where there is none, or it is this one. */
  firstAnswer({ message, place }: Pick<ReadRecord, "message" | "place">): RecordPlace | null {
    const answer = answerIn({ message, place });
    if (answer?.duplicate !== true) return null;
    return other(this.#firsts.get(keyOf(answer) ?? "")?.answer, place);
  }
}

/** The answer that a record is; null for any other. */
export function answerIn({ message, place }: Pick<ReadRecord, "message" | "place">): Answer | null {
  if (message === null || place.topic !== "notifications") return null;
  // Of its topic, by its schema.
  const notification = message as Notification;
  return isAnswer(notification) ? notification : null;
}

function other(found: RecordPlace | undefined, place: RecordPlace): RecordPlace | null {
  return found === undefined || isSamePlace(found, place) ? null : found;
}

/** What a command or its answer has for its id, with whose and what it is the id of; null for none. */
function keyOf(message: Message): string | null {
  if (!("userId" in message)) return null;
  const { userId } = message;
  if ("cancelId" in message) return JSON.stringify([userId, "cancel", message.cancelId]);
  if ("orderId" in message) return JSON.stringify([userId, "order", message.orderId]);
  if ("depositId" in message) return JSON.stringify([userId, "deposit", message.depositId]);
  return "commandId" in message ? JSON.stringify([userId, "account", message.commandId]) : null;
}
