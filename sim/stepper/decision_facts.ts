/**
 * What a decision is told with besides its step: what came before it in the run.
 *
 * @module
 */

import type { Message } from "../../kafka/messages/mod.ts";
import type { ActorLog } from "../actor_log/actor_log.ts";
import type { RecordPlace } from "../actor_log/record_place.ts";
import type { ReadRecord, Step } from "../actor_log/step.ts";

/** What came before a step. */
export interface DecisionFacts {
  /** Of a command that was answered before: the first one with its key. */
  readonly first: RecordPlace | null;
  /** Of what the notifier handed on: whether the same was handed on before. */
  readonly hadComeBefore: boolean;
}

const NOTHING: DecisionFacts = { first: null, hadComeBefore: false };

/** Records about the same that are looked at; whoever sends more again is told without. */
const MOST_LOOKED_AT = 200;

/** What came before a step, where that matters for telling it. */
export async function factsOf(log: ActorLog, step: Step, rank: number): Promise<DecisionFacts> {
  const { message } = step.record;
  if (message === null) return NOTHING;
  if (step.actor === "notifier") {
    return { first: null, hadComeBefore: await hadComeBefore(log, step.record, rank) };
  }
  const key = keyOfCommand(message);
  if (step.actor !== "order-gateway" || key === null || !wasAnsweredBefore(step)) return NOTHING;
  const isSame = (other: Message) => keyOfCommand(other) === key;
  return { first: await earlier(log, step.record, { rank, isSame }), hadComeBefore: false };
}

/**
 * Whether a notification had come before. The portfolio manager, which takes the same records, tells by
 * the number of what it has taken; of what it did not take as a message of the floor nobody but the log
 * knows.
 */
async function hadComeBefore(log: ActorLog, record: ReadRecord, rank: number): Promise<boolean> {
  const outcome = await takenAs(log, record);
  if (outcome === "applied" || outcome === "repeat") return outcome === "repeat";
  const isSame = ({ id }: Message) => id === record.message?.id;
  return await earlier(log, record, { rank, isSame }) !== null;
}

/** What the portfolio manager took a notification as; null when it cannot be folded to there. */
async function takenAs(log: ActorLog, { place }: ReadRecord): Promise<Step["outcome"] | null> {
  try {
    return (await log.step(place, "portfolio-manager")).outcome;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return null;
  }
}

/** Whether the gateway's answer says that the key was used before. */
function wasAnsweredBefore({ sent }: Step): boolean {
  return sent.some(({ message }) =>
    ("duplicate" in message && message.duplicate) ||
    ("reason" in message && (message.reason === "id-conflict" || message.reason === "stale"))
  );
}

/** A command's idempotency key with what it is a key of; null for what has none. */
function keyOfCommand(message: Message): string | null {
  switch (message.type) {
    case "place-order":
      return JSON.stringify([message.userId, message.type, message.orderId]);
    case "cancel-order":
      return JSON.stringify([message.userId, message.type, message.cancelId]);
    case "deposit":
      return JSON.stringify([message.userId, message.type, message.depositId]);
    case "open-account":
      return JSON.stringify([message.userId, message.type]);
    default:
      return null;
  }
}

/** The first record of the same topic about the same that is the same. */
async function earlier(
  log: ActorLog,
  { place, message }: ReadRecord,
  { rank, isSame }: {
    readonly rank: number;
    readonly isSame: (other: Message) => boolean;
  },
): Promise<RecordPlace | null> {
  if (message === null) return null;
  let looked = 0;
  for (const other of log.index.about(message.correlationId)) {
    if (other >= rank || ++looked > MOST_LOOKED_AT) return null;
    const entry = await log.entry(other);
    if (entry.kind === "event" || entry.record.place.topic !== place.topic) continue;
    const { message: before } = entry.record;
    if (before !== null && isSame(before)) return entry.record.place;
  }
  return null;
}
