/**
 * One user's notifications, picked out of the records of their partition: each once, in order.
 *
 * @module
 */

import type { LogRecord } from "../../kafka/event_log.ts";
import { channelOf, decodeRecord, type Notification } from "../../kafka/messages/mod.ts";
import {
  notificationId,
  type NotificationPosition,
  NOTIFICATIONS,
} from "./notification_position.ts";

/** A notification as a stream tells it. */
export interface DeliveredNotification {
  /** `partition:offset`: what a stream that broke off goes on after. */
  readonly id: string;
  /** Amounts in ticks, lots and cash units, as in the log. */
  readonly notification: Notification;
}

/** What was not told. */
export interface SkippedCounters {
  /** Records that are no notification. Their dead letters are written by those who fold them. */
  unparsable: number;
  /** Records that an actor had sent before. */
  repeated: number;
}

/** Channels remembered; there is one for each partition of the actors that send notifications. */
export const MAX_CHANNELS = 4_096;

/** Takes the records of a partition in order, as often as they come. */
export class UserNotifications {
  readonly userId: string;
  readonly #position: NotificationPosition;
  readonly #skipped: SkippedCounters;
  #next = 0;
  /** The highest sequence of each channel among this user's notifications. */
  readonly #sequences = new Map<string, number>();

  constructor(userId: string, position: NotificationPosition, skipped: SkippedCounters) {
    this.userId = userId;
    this.#position = position;
    this.#skipped = skipped;
  }

  /** What the record tells the user; null when nothing, or nothing new. */
  take(record: LogRecord): DeliveredNotification | null {
    if (record.offset < this.#next) return null;
    this.#next = record.offset + 1;
    if (record.key !== this.userId) return null;
    const isDue = record.offset >= this.#position.offset;
    const decoded = decodeRecord(NOTIFICATIONS, record);
    if (!decoded.ok) {
      if (isDue) this.#skipped.unparsable++;
      return null;
    }
    const notification = decoded.message;
    // The floor's opening is nobody's, whatever key it comes with.
    if (notification.type === "floor-opened") return null;
    if (this.#isRepeat(notification)) {
      if (isDue) this.#skipped.repeated++;
      return null;
    }
    return isDue ? { id: notificationId(record.partition, record.offset), notification } : null;
  }

  /** Sequences of a channel only grow, but for what is sent again. */
  #isRepeat({ id, sequence }: { readonly id: string; readonly sequence: number }): boolean {
    const channel = channelOf(id);
    if (channel === null || sequence === undefined) return false;
    const highest = this.#sequences.get(channel);
    if (highest !== undefined && sequence <= highest) return true;
    if (highest === undefined && this.#sequences.size >= MAX_CHANNELS) this.#sequences.clear();
    this.#sequences.set(channel, sequence);
    return false;
  }
}
