/**
 * A record of a step in a line: where it stands, and what it says.
 *
 * @module
 */

import { decodeText, type MessageTopic } from "../../kafka/messages/mod.ts";
import { TOPIC_NAMES } from "../../kafka/topics.ts";
import { visibleText } from "../actor_log/visible_text.ts";
import { messageLine } from "../actor_log/views/message_line.ts";
import type { Units } from "../actor_log/views/units.ts";
import type { LiveRecord } from "./live_records.ts";

/** Of what is no message only so much is shown. */
const MAX_RAW_CHARACTERS = 120;

/** Such as `orders/3/117: alice's order a1: buy 7 AAPL at 160`. */
export function shownRecord(record: LiveRecord, units: Units): string {
  const { topic, partition, offset } = record;
  return visibleText(`${topic}/${partition}/${offset}: ${saying(record, units)}`);
}

function saying({ topic, text }: LiveRecord, units: Units): string {
  if (text === null) return "bytes that are no text";
  const decoded = isMessageTopic(topic) ? decodeText(topic, text) : null;
  if (decoded?.ok === true) return messageLine(decoded.message, units);
  const shown = text.slice(0, MAX_RAW_CHARACTERS);
  return text.length > shown.length ? `${shown}...` : shown;
}

/** All topics but that of snapshots have messages. */
function isMessageTopic(topic: string): topic is MessageTopic {
  return topic !== "snapshots" && TOPIC_NAMES.some((name) => name === topic);
}
