/**
 * Which derived records say something for the first time.
 *
 * @module
 */

import type { TopicPartition } from "../../kafka/event_log.ts";
import { channelOf, type Message } from "../../kafka/messages/mod.ts";

/** Whether a message stands where it stands for the first time. Fed with each partition's records in order. */
export type FirstTimes = (at: TopicPartition, message: Message) => boolean;

/**
 * Tells the first of a message from its repeats, as receivers do: by the next sequence of its channel. So
 * it remembers one number a channel, however long the run. What has no sequence is always the first.
 */
export function firstTimes(): FirstTimes {
  const next = new Map<string, number>();
  return ({ topic, partition }, message) => {
    const sequence = "sequence" in message ? message.sequence : undefined;
    if (sequence === undefined) return true;
    const channel = `${topic}/${partition} from ${channelOf(message.id)}`;
    if (sequence < (next.get(channel) ?? 0)) return false;
    next.set(channel, sequence + 1);
    return true;
  };
}
