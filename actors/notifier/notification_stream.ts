/**
 * A user's live stream inside a program: an async iterable that reads the log at its reader's pace.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import { NOTIFICATIONS, positionAfter } from "./notification_position.ts";
import {
  type DeliveredNotification,
  type SkippedCounters,
  UserNotifications,
} from "./user_notifications.ts";

/** How long one wait for records takes; a stream that is done with ends at the latest after it. */
const POLL_TIMEOUT_MS = 1_000;

/** Records fetched at a time, about. */
const POLL_RECORDS = 1_000;

/** Where a stream begins and what ends it. */
export interface NotificationStreamOptions {
  /** The id of the last notification received, or `"beginning"`. Absent: from now on. */
  readonly after?: string | undefined;
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
  /** Counts what is passed over. */
  readonly skipped?: SkippedCounters;
}

/**
 * The notifications of `userId`, each once, in order, until the signal aborts or the reader breaks
 * off. It follows the log itself, so it needs no actor and no partition's owner, and a slow reader
 * holds up nobody and loses nothing. "From now on" is the log's end as the log answers, soon after
 * the call; who must have what follows from a deed of its own asks for it with `after`.
 *
 * @throws {NotificationRequestError} at the first step, when the user id or `after` is wrong
 */
export function notificationStream(
  log: EventLog,
  userId: string,
  options: NotificationStreamOptions = {},
): AsyncGenerator<DeliveredNotification, void, void> {
  const position = positionAfter(log, userId, options.after);
  // Thrown at the first step; a stream that is never read must not end the process.
  position.catch(() => {});
  return follow(log, userId, position, options);
}

async function* follow(
  log: EventLog,
  userId: string,
  begin: ReturnType<typeof positionAfter>,
  { signal, skipped = { unparsable: 0, repeated: 0 } }: NotificationStreamOptions,
): AsyncGenerator<DeliveredNotification, void, void> {
  const position = await begin;
  const user = new UserNotifications(userId, position, skipped);
  const { partition, readFrom } = position;
  const reader = log.openReader([{ topic: NOTIFICATIONS, partition, offset: readFrom }]);
  const options = {
    timeoutMs: POLL_TIMEOUT_MS,
    maxRecords: POLL_RECORDS,
    ...(signal === undefined ? {} : { signal }),
  };
  try {
    while (!signal?.aborted) {
      for (const { records } of await reader.poll(options)) {
        for (const record of records) {
          const delivered = user.take(record);
          if (delivered === null) continue;
          if (signal?.aborted) return;
          yield delivered;
        }
      }
    }
  } finally {
    reader.close();
  }
}
