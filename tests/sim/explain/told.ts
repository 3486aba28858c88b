/**
 * Stories as lines that a test can read: without the tree's bars, and not wrapped.
 */

import assert from "node:assert/strict";
import type { ActorLog } from "../../../sim/actor_log/actor_log.ts";
import { parsePlace } from "../../../sim/actor_log/record_place.ts";
import { renderStory } from "../../../sim/explain/render_story.ts";
import type { Story } from "../../../sim/explain/story.ts";
import { tellOrder } from "../../../sim/explain/tell_order.ts";
import { tellRecord } from "../../../sim/explain/tell_record.ts";
import { plain } from "../../../sim/report/paint.ts";

/** So wide that nothing is wrapped. */
const NO_WRAPPING = 2_000;

/** The lines of a story. */
export function linesOf(story: Story): readonly string[] {
  return renderStory(story, { width: NO_WRAPPING, paint: plain })
    .map((line) => line.replace(/^[│├└─ ]+/, ""))
    .filter((line) => line !== "");
}

/** The story of an order, `bob/7`, as lines. */
export async function toldOrder(
  log: ActorLog,
  who: string,
  options: { readonly limit?: number } = {},
): Promise<readonly string[]> {
  const [userId = "", orderId = ""] = who.split("/");
  return linesOf(await tellOrder(log, { userId, orderId }, options));
}

/** The story of a record as lines. */
export async function toldRecord(
  log: ActorLog,
  place: string,
  options: { readonly limit?: number } = {},
): Promise<readonly string[]> {
  const at = parsePlace(place);
  assert.ok(at !== null, place);
  return linesOf(await tellRecord(log, at, options));
}

/** Asserts that lines are among others, in this order; others may stand between. */
export function assertTells(told: readonly string[], expected: readonly string[]): void {
  let from = 0;
  for (const line of expected) {
    const at = told.indexOf(line, from);
    assert.ok(at >= 0, `not told, or not there:\n  ${line}\nin\n${told.slice(from).join("\n")}`);
    from = at + 1;
  }
}
