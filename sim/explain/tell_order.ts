/**
 * The life of an order, told.
 *
 * @module
 */

import type { ActorLog } from "../actor_log/actor_log.ts";
import type { IndexedOrder } from "../actor_log/index/run_index.ts";
import { formatPlace } from "../actor_log/record_place.ts";
import type { ReadRecord } from "../actor_log/step.ts";
import { unitsOf } from "../actor_log/views/units.ts";
import { orderSummary } from "./order_summary.ts";
import { stopsIn, type Story } from "./story.ts";
import { tellPassages } from "./tell_passages.ts";
import { storyRecords } from "./told_records.ts";

/** Records of a story that are told unless more are wanted. */
export const DEFAULT_RECORDS_TOLD = 60;

/** The most records that a story may tell. */
export const MAX_RECORDS_TOLD = 1_000;

/** The story of an order: its first records, and how many there are besides. */
export async function tellOrder(
  log: ActorLog,
  order: Pick<IndexedOrder, "userId" | "orderId">,
  { limit = DEFAULT_RECORDS_TOLD }: { readonly limit?: number } = {},
): Promise<Story> {
  const life = await wholeLife(log, order);
  const told = life.slice(0, limit);
  const passages = await tellPassages(log, await storyRecords(log, told));
  const { userId, orderId } = order;
  return {
    run: log.run,
    subject: { kind: "order", userId, orderId },
    summary: orderSummary(life, passages, unitsOf(log.run.parameters)),
    passages,
    stopped: stopsIn(passages),
    hidden: life.length - told.length,
  };
}

/** An order's life, and what was sent for it that is no message and so names no order. */
async function wholeLife(
  log: ActorLog,
  order: Pick<IndexedOrder, "userId" | "orderId">,
): Promise<readonly ReadRecord[]> {
  const life = await log.lifeOf(order);
  const known = new Set(life.map(({ place }) => formatPlace(place)));
  const unread: ReadRecord[] = [];
  for (const { place, message } of life) {
    if (message?.type !== "intent") continue;
    for (const sent of await log.effects(place)) {
      if (known.has(formatPlace(sent))) continue;
      unread.push(await log.record(sent));
      for (const letter of await log.effects(sent)) unread.push(await log.record(letter));
    }
  }
  if (unread.length === 0) return life;
  const rank = ({ place }: ReadRecord) => log.index.rankOf(place) ?? 0;
  return [...life, ...unread].sort((a, b) => rank(a) - rank(b));
}
