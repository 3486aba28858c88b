/** A log with notifications, for tests of the notifier. */

import type { EventLog, PollOptions } from "../../../kafka/event_log.ts";
import { encodeMessage, type OrderCancelled } from "../../../kafka/messages/mod.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { partitionForKey } from "../../../kafka/partitioner.ts";
import { topicSettings } from "../../../kafka/topics.ts";

/** Partitions of `notifications` in these tests. */
export const PARTITIONS = 3;

/** A log in memory with the floor's topics. */
export async function notificationLog(): Promise<EventLog> {
  const log = await openMemoryLog();
  await log.createTopics(topicSettings({ partitions: { notifications: PARTITIONS } }));
  return log;
}

/** A notification to `userId`, the `number`-th that the engine's partition 0 sends. */
export function cancelled(userId: string, number: number): OrderCancelled {
  return {
    type: "order-cancelled",
    id: `orders/0/${number}/0`,
    correlationId: `${userId}/order-${number}`,
    causationId: `cancel-${number}`,
    sequence: number,
    timestamp: 1625159076,
    userId,
    orderId: `order-${number}`,
    clientTimestamp: 1625159076,
    orderNumber: number,
    symbol: "AAPL",
    quantityLots: 1,
    reason: "requested",
  };
}

/** Publishes notifications with these numbers; each number belongs to one of the users in turn. */
export async function tell(
  log: EventLog,
  userId: string,
  numbers: readonly number[],
): Promise<void> {
  await publishText(log, userId, numbers.map((number) => encodeMessage(cancelled(userId, number))));
}

/** Publishes raw values to a user's partition. */
export async function publishText(
  log: EventLog,
  userId: string,
  values: readonly (string | Uint8Array | null)[],
): Promise<void> {
  const partition = partitionForKey(userId, PARTITIONS);
  const records = values.map((value) => ({ key: userId, value }));
  await log.publish([{ topic: "notifications", partition, records }]);
}

/** `from` up to, without, `until`. */
export function range(from: number, until: number): readonly number[] {
  return Array.from({ length: until - from }, (_, i) => from + i);
}

/** Two users of one partition. */
export function neighbours(): readonly [string, string] {
  const partition = partitionForKey("501", PARTITIONS);
  const other = range(502, 600).map(String).find((id) =>
    partitionForKey(id, PARTITIONS) === partition
  );
  if (other === undefined) throw new Error("Cannot choose users: none shares a partition with 501");
  return ["501", other];
}

/** Resolves when `condition` holds; rejects when it does not within the deadline. */
export async function until(condition: () => boolean, deadlineMs = 5_000): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Cannot go on: ${condition} does not hold`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** The log, but `fail` decides whether a poll of a reader throws. */
export function failingReads(log: EventLog, fail: () => Error | null): EventLog {
  return new Proxy(log, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name !== "openReader") return typeof value === "function" ? value.bind(target) : value;
      return (positions: Parameters<EventLog["openReader"]>[0]) => {
        const reader = target.openReader(positions);
        return {
          get positions() {
            return reader.positions;
          },
          poll: async (options: PollOptions) => {
            const found = await reader.poll(options);
            const error = fail();
            if (error !== null) throw error;
            return found;
          },
          seek: (position: Parameters<typeof reader.seek>[0]) => reader.seek(position),
          close: () => reader.close(),
        };
      };
    },
  });
}
