/**
 * Planned faults as text: the line of a scenario that would plan them, and words for a reader.
 *
 * @module
 */

import { formatDuration } from "../duration.ts";
import type { PlannedFault, PlannedTrigger } from "./planned_fault.ts";

/**
 * A fault as one line of a scenario's `faults`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatFault } from "./format_fault.ts";
 * const hang = {
 *   trigger: { kind: "count", topic: "orders", records: 500 },
 *   verb: "hang",
 *   target: "trading-engine-0",
 *   forMs: 8_000,
 * } as const;
 * assert.equal(
 *   formatFault(hang),
 *   `{ after: { records: 500, topic: "orders" }, hang: "trading-engine-0", for: "8s" }`,
 * );
 * ```
 */
export function formatFault({ trigger, verb, target, ...rest }: PlannedFault): string {
  const fields = [
    formatTrigger(trigger),
    `${verb}: ${JSON.stringify(target)}`,
    ...(rest.byMs === undefined ? [] : [`by: ${formatMs(rest.byMs)}`]),
    ...(rest.records === undefined ? [] : [`records: ${rest.records}`]),
    ...(rest.times === undefined ? [] : [`times: ${rest.times}`]),
    ...(rest.forMs === undefined ? [] : [`for: ${formatMs(rest.forMs)}`]),
  ];
  return `{ ${fields.join(", ")} }`;
}

/** Exact, unlike a duration for a reader: what it says is read back. */
function formatMs(ms: number): string {
  return ms % 1_000 === 0 && ms !== 0 ? `"${ms / 1_000}s"` : `"${ms}ms"`;
}

function formatTrigger(trigger: PlannedTrigger): string {
  switch (trigger.kind) {
    case "time":
      return `at: ${formatMs(trigger.atMs)}`;
    case "count":
      return `after: { records: ${trigger.records}, topic: ${JSON.stringify(trigger.topic)} }`;
    case "event": {
      const { event, actor, nth } = trigger;
      const whose = actor === undefined ? "" : `, actor: ${JSON.stringify(actor)}`;
      return `when: { event: ${JSON.stringify(event)}${whose}${nthOf(nth)} }`;
    }
    case "call": {
      const { call, moment, nth } = trigger;
      return `when: { call: ${JSON.stringify(call)}, moment: ${JSON.stringify(moment)}${
        nthOf(nth)
      } }`;
    }
  }
}

function nthOf(nth: number): string {
  return nth === 1 ? "" : `, nth: ${nth}`;
}

/** A fault for a reader, without its trigger: `cut log for 20 s`. */
export function nameFault({ trigger, verb, target, ...rest }: PlannedFault): string {
  const at = trigger.kind === "call"
    ? ` ${trigger.moment} its ${trigger.call}${trigger.nth === 1 ? "" : ` number ${trigger.nth}`}`
    : "";
  const sign = (rest.byMs ?? 0) < 0 ? "-" : "";
  const by = rest.byMs === undefined ? "" : ` by ${sign}${formatDuration(Math.abs(rest.byMs))}`;
  const records = rest.records === undefined ? "" : ` from ${rest.records} records earlier`;
  const times = rest.times === undefined ? "" : ` ${rest.times} times`;
  const lasting = rest.forMs === undefined ? "" : ` for ${formatDuration(rest.forMs)}`;
  return `${verb} ${target}${at}${by}${records}${times}${lasting}`;
}
