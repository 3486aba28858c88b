/**
 * What a decision is told with besides its step: what came before it in the run.
 *
 * @module
 */

import type { Message } from "../../kafka/messages/mod.ts";
import type { ActorLog } from "./actor_log.ts";
import { FirstAnswers } from "./first_answers.ts";
import type { RecordPlace } from "./record_place.ts";
import type { ReadRecord, Step } from "./step.ts";
import { type Decision, decisionOf } from "./views/decision.ts";
import { unitsOf } from "./views/units.ts";

/** What came before a step. */
export interface DecisionFacts {
  /** Of a command that was answered before: the first one with its id that used it. */
  readonly first: RecordPlace | null;
  /** Of what the notifier handed on: whether the same was handed on before. */
  readonly hadComeBefore: boolean;
}

const NOTHING: DecisionFacts = { first: null, hadComeBefore: false };

/** Records about the same that are looked at; whoever sends more again is told without. */
const MOST_LOOKED_AT = 200;

/** What a step decided, told with what came before it. */
export async function decidedIn(log: ActorLog, step: Step, rank: number): Promise<Decision> {
  const units = unitsOf(log.run.parameters);
  return decisionOf(step, { units, ...await factsOf(log, step, rank) });
}

/** What came before a step, where that matters for telling it. */
export async function factsOf(log: ActorLog, step: Step, rank: number): Promise<DecisionFacts> {
  const { message } = step.record;
  if (message === null) return NOTHING;
  if (step.actor === "notifier") {
    return { first: null, hadComeBefore: await hadComeBefore(log, step.record, rank) };
  }
  if (step.actor !== "order-gateway" || !wasAnsweredBefore(step)) return NOTHING;
  return { first: await firstCommand(log, step.record), hadComeBefore: false };
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

/** The command that was answered first under the same id. */
async function firstCommand(log: ActorLog, record: ReadRecord): Promise<RecordPlace | null> {
  if (record.message === null) return null;
  const answers = new FirstAnswers();
  let looked = 0;
  for (const rank of log.index.about(record.message.correlationId)) {
    if (++looked > MOST_LOOKED_AT) return null;
    const entry = await log.entry(rank);
    if (entry.kind === "event") continue;
    answers.take(entry.record);
    const first = answers.firstCommand(record);
    if (first !== null) return first;
  }
  return null;
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
