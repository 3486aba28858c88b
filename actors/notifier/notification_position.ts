/**
 * Where a live stream begins: its place in the user's partition, told by the id of the last
 * notification that was received.
 *
 * @module
 */

import { type EventLog, EventLogError } from "../../kafka/event_log.ts";
import { idSchema, MAX_ID_LENGTH } from "../../kafka/messages/mod.ts";
import { partitionForKey } from "../../kafka/partitioner.ts";
import type { TopicName } from "../../kafka/topics.ts";

/** The topic that live streams tell of. */
export const NOTIFICATIONS = "notifications" satisfies TopicName;

/** Instead of an id: everything that the log has for the user. */
export const BEGINNING = "beginning";

/**
 * Records before its place that a stream looks through for the user's notifications, so that it
 * knows a repeat when one comes. A repeat is a record that an actor sent again after a crash. It is
 * missed only if none of the user's later notifications of its channel is within so many records.
 */
export const LOOKBACK_RECORDS = 20_000;

/** A place in the user's partition. */
export interface NotificationPosition {
  readonly partition: number;
  /** The offset of the first record that may be told. */
  readonly offset: number;
  /** Where reading begins, at most {@link LOOKBACK_RECORDS} before it. */
  readonly readFrom: number;
  /** The partition's end when it was asked for. */
  readonly end: number;
}

/** A request that cannot be served; its message says what would be right. */
export class NotificationRequestError extends Error {
  /** Which part of the request is wrong. */
  readonly code: "wrong-user" | "wrong-position";

  /** The message is action, colon, state. */
  constructor(code: NotificationRequestError["code"], message: string) {
    super(message);
    this.name = "NotificationRequestError";
    this.code = code;
  }
}

/** The id of the notification in a record: `partition:offset`. */
export function notificationId(partition: number, offset: number): string {
  return `${partition}:${offset}`;
}

const ID = /^(0|[1-9]\d{0,8}):(0|[1-9]\d{0,14})$/;

/**
 * The place after the notification `after`; without it, the end: what comes from now on.
 *
 * @param after an id, or {@link BEGINNING}
 * @throws {NotificationRequestError} when the user id is none, or `after` is not of this user's stream
 * @throws {EventLogError} `unknown-topic`
 */
export async function positionAfter(
  log: EventLog,
  userId: string,
  after: string | undefined,
): Promise<NotificationPosition> {
  if (!idSchema.safeParse(userId).success) {
    throw new NotificationRequestError(
      "wrong-user",
      `Cannot follow notifications: a user id has 1 to ${MAX_ID_LENGTH} characters, none of them a ` +
        `control character`,
    );
  }
  const [topic] = await log.describeTopics([NOTIFICATIONS]);
  if (topic === undefined) {
    throw new EventLogError(
      "unknown-topic",
      `Cannot follow notifications: the log has no topic "${NOTIFICATIONS}"`,
    );
  }
  const partition = partitionForKey(userId, topic.partitions);
  const { start = 0, end = 0 } = topic.offsets[partition] ?? {};
  const offset = after === undefined
    ? end
    : after === BEGINNING
    ? start
    : offsetAfter(after, { userId, partition, end });
  return { partition, offset, readFrom: Math.max(start, offset - LOOKBACK_RECORDS), end };
}

function offsetAfter(
  after: string,
  { userId, partition, end }: { userId: string; partition: number; end: number },
): number {
  const wrong = (why: string) =>
    new NotificationRequestError(
      "wrong-position",
      `Cannot resume the notifications of user ${JSON.stringify(userId)} after ` +
        `${JSON.stringify(after)}: ${why}`,
    );
  const match = ID.exec(after);
  if (match === null) {
    throw wrong(`an id is "partition:offset", such as "${partition}:17", or "${BEGINNING}"`);
  }
  if (Number(match[1]) !== partition) throw wrong(`this user's are in partition ${partition}`);
  const offset = Number(match[2]);
  if (offset >= end) throw wrong(`partition ${partition} ends at ${end}`);
  return offset + 1;
}
