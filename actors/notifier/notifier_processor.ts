/**
 * The notifier's work on one partition as a member of its group.
 *
 * Membership decides which instance accounts for a notification: each is counted as delivered by its
 * partition's owner, and the group's committed offset says how far notifications have become
 * available to live streams. The streams themselves follow the log, whoever owns the partition: see
 * `notification_hub.ts` for why.
 *
 * @module
 */

import { hasText } from "../../kafka/carried_message.ts";
import type { LogRecord } from "../../kafka/event_log.ts";
import type { PartitionProcessor } from "../consumer/partition_processor.ts";

/** What an instance has accounted for, over all its partitions. */
export interface NotifierCounters {
  /** Notifications of users, repeats included. */
  delivered: number;
  /** Records with a user but without readable text: nothing can be told of them. */
  unreadable: number;
}

/** Keeps no state: a user is known from the record's key, and nothing is parsed. */
export class NotifierProcessor implements PartitionProcessor {
  readonly #counters: NotifierCounters;
  #position: number;

  /** @param options `position`: the offset that the group has committed */
  constructor(options: { readonly position: number; readonly counters: NotifierCounters }) {
    this.#position = options.position;
    this.#counters = options.counters;
  }

  get position(): number {
    return this.#position;
  }

  process(records: readonly LogRecord[]): Promise<void> {
    // By index, as folds do.
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      const { offset, key } = record;
      if (offset < this.#position) continue;
      this.#position = offset + 1;
      // Records without a user, such as the floor's opening, are nobody's notification.
      if (key === null) continue;
      if (!hasText(record)) this.#counters.unreadable++;
      else this.#counters.delivered++;
    }
    return Promise.resolve();
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  abandon(): void {
    // There is nothing to drop.
  }
}
