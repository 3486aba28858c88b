/**
 * Ways to tamper with the first message that fits: on its way into the log here, and in the log as the
 * auditor's own check does.
 *
 * @module
 */

import type { TopicName } from "../../../../kafka/topics.ts";
import { fits } from "../../../../sim/auditor/self_check/tampering.ts";
import type { Tamper } from "./hand_floor.ts";

export { fits, forge, poison, rewrite } from "../../../../sim/auditor/self_check/tampering.ts";

type Fields = Record<string, unknown>;

/** Changes the first derived message with the wanted fields, on its way into the log. */
export function change(topic: TopicName, wanted: Fields, changes: Fields): Tamper {
  let done = false;
  return (at, message) => {
    if (done || at !== topic || !fits(wanted)(message)) return message;
    done = true;
    return { ...message, ...changes };
  };
}

/** Loses the first derived message with the wanted fields before it gets its sequence. */
export function lose(topic: TopicName, wanted: Fields): Tamper {
  let done = false;
  return (at, message) => {
    if (done || at !== topic || !fits(wanted)(message)) return message;
    done = true;
    return null;
  };
}
