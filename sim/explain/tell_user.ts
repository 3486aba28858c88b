/**
 * A user's session: what was asked for and what came of it, the newest first.
 *
 * @module
 */

import type { ActorLog, RunFacts } from "../actor_log/actor_log.ts";
import { formatPlace, type RecordPlace } from "../actor_log/record_place.ts";
import type { ReadRecord } from "../actor_log/step.ts";
import { messageLine } from "../actor_log/views/message_line.ts";
import { unitsOf } from "../actor_log/views/units.ts";
import { orderOutcome } from "./order_summary.ts";
import { answerIn } from "../actor_log/first_answers.ts";
import { firstSaid } from "./told_records.ts";

/** Commands of a user that are told unless more are wanted. */
export const DEFAULT_COMMANDS_TOLD = 20;

/** Commands are counted up to so many; of more it is said that there are more. */
export const MAX_COMMANDS_COUNTED = 1_000_000;

/** One command of a user. */
export interface SessionCommand {
  readonly record: ReadRecord;
  /** Null for a command that is no order. */
  readonly orderId: string | null;
  /** How often its order was asked for before, under the same id. */
  readonly askedBefore: number;
  readonly line: string;
  /** What came of it. */
  readonly outcome: string;
  /** What the user was told: of an order asked for the first time, all that became of it. */
  readonly told: readonly { readonly record: ReadRecord; readonly line: string }[];
  /** Notifications left out, where there were many. */
  readonly hidden: number;
}

/** A user's session. */
export interface Session {
  readonly run: RunFacts;
  readonly userId: string;
  /** The newest first. */
  readonly commands: readonly SessionCommand[];
  /** Of all that the user sent, as far as was counted; `exactly` says whether that is all. */
  readonly count: { readonly commands: number; readonly exactly: boolean };
}

/** How a search through a user's partition is watched and ended. */
export interface SessionWatch {
  readonly limit?: number;
  readonly signal?: AbortSignal;
  /** Told how far it has come: entries left to look at, of all. */
  readonly onProgress?: (left: number, all: number) => void;
}

/** The newest commands of a user, told, and how many there are besides. */
export async function tellUser(
  log: ActorLog,
  userId: string,
  { limit = DEFAULT_COMMANDS_TOLD, signal, onProgress }: SessionWatch = {},
): Promise<Session> {
  const found: ReadRecord[] = [];
  let commands = 0;
  for (let from = log.index.length - 1; from >= 0 && commands < MAX_COMMANDS_COUNTED;) {
    const entry = await log.find({
      from,
      direction: "backward",
      filter: { userId, topic: "order-commands" },
      ...(signal === undefined ? {} : { signal }),
      onProgress: (rank) => onProgress?.(rank, log.index.length),
    });
    if (entry === null) break;
    from = entry.rank - 1;
    if (entry.kind !== "record" || isSettlement(entry.record)) continue;
    commands++;
    if (found.length < limit) found.push(entry.record);
  }
  const told: SessionCommand[] = [];
  for (const record of found) told.push(await tellCommand(log, record));
  return {
    run: log.run,
    userId,
    commands: told,
    count: {
      commands,
      exactly: commands < MAX_COMMANDS_COUNTED && signal?.aborted !== true,
    },
  };
}

function isSettlement({ message }: ReadRecord): boolean {
  return message?.type === "settle-fill" || message?.type === "release-order";
}

async function tellCommand(log: ActorLog, record: ReadRecord): Promise<SessionCommand> {
  const units = unitsOf(log.run.parameters);
  const { message, place } = record;
  const line = message === null
    ? `bytes that are no message: ${record.malformed}`
    : messageLine(message, units);
  const life = message?.type === "place-order" ? await log.lifeOf(message) : [];
  const askedBefore =
    life.filter((each) => each.message?.type === "place-order" && isBefore(each.place, place))
      .length;
  const answers = await answersTo(log, place);
  const isFirst = message?.type === "place-order" && askedBefore === 0;
  const told = (isFirst ? notificationsIn(life, answers) : answers).flatMap((each) =>
    each.message === null ? [] : [{ record: each, line: messageLine(each.message, units) }]
  );
  return {
    record,
    orderId: message !== null && "orderId" in message ? message.orderId : null,
    askedBefore,
    line,
    outcome: isFirst ? orderOutcome(life, units) : told[0]?.line ?? "never answered",
    told: told.slice(0, MAX_NOTIFICATIONS_TOLD),
    hidden: Math.max(0, told.length - MAX_NOTIFICATIONS_TOLD),
  };
}

/** Notifications of one command that are told. */
const MAX_NOTIFICATIONS_TOLD = 8;

/** What an order's user was told, but for answers to what was asked again. */
function notificationsIn(
  life: readonly ReadRecord[],
  answers: readonly ReadRecord[],
): readonly ReadRecord[] {
  const own = new Set(answers.map(({ place }) => formatPlace(place)));
  return firstSaid(life).filter((each) => {
    if (each.place.topic !== "notifications") return false;
    const answer = answerIn(each);
    return answer === null || !("orderId" in answer) || "cancelId" in answer ||
      own.has(formatPlace(each.place));
  });
}

/** Whether a record stands before another one of its partition. */
function isBefore(place: RecordPlace, other: RecordPlace): boolean {
  return place.topic === other.topic && place.partition === other.partition &&
    place.offset < other.offset;
}

/** What a command was answered: one notification, or its dead letter. */
async function answersTo(log: ActorLog, place: RecordPlace): Promise<readonly ReadRecord[]> {
  const answers: ReadRecord[] = [];
  for (const effect of await log.effects(place)) {
    const record = await log.record(effect);
    if (answerIn(record) !== null || record.message?.type === "dead-letter") answers.push(record);
  }
  return answers;
}
