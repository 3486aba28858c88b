/**
 * Which order is meant.
 *
 * @module
 */

import type { ActorLog } from "../actor_log/actor_log.ts";
import type { IndexedOrder } from "../actor_log/index/run_index.ts";
import { formatPlace, type RecordPlace } from "../actor_log/record_place.ts";

/** Something that the run does not have. The message names what is near to it. */
export class NotInRunError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "NotInRunError";
  }
}

/** Users that are named where an order's id is of several. */
const MAX_USERS_NAMED = 10;

/** @throws {NotInRunError} when there is none, or several and no user is named */
export function findOrder(
  { index }: ActorLog,
  { orderId, userId }: { readonly orderId: string; readonly userId: string | undefined },
): IndexedOrder {
  const orders = index.ordersWith(orderId);
  const name = JSON.stringify(orderId);
  if (orders.length === 0) {
    const nearest = index.nearestOrderIds(orderId);
    throw new NotInRunError(
      `Cannot explain order ${name}: the run has none with this id${
        near("the nearest ids are", nearest)
      }`,
    );
  }
  const users = orders.map((order) => order.userId);
  if (userId !== undefined) {
    const order = orders.find((each) => each.userId === userId);
    if (order !== undefined) return order;
    throw new NotInRunError(
      `Cannot explain order ${name} of user ${JSON.stringify(userId)}: it is an order of ${
        named(users)
      }`,
    );
  }
  if (orders.length > 1) {
    throw new NotInRunError(
      `Cannot explain order ${name}: ${users.length} users have one, so say whose with --user: ${
        named(users)
      }`,
    );
  }
  return orders[0]!;
}

/** @throws {NotInRunError} when the run has no such record, saying which it has */
export async function requireRecord(log: ActorLog, place: RecordPlace): Promise<void> {
  try {
    await log.record(place);
  } catch (error) {
    throw error instanceof RangeError ? new NotInRunError(error.message) : error;
  }
  if (log.index.rankOf(place) !== null) return;
  throw new NotInRunError(
    `Cannot explain ${formatPlace(place)}: ${place.topic} hold actors' states, which are not ` +
      "messages and are nobody's step",
  );
}

/** @throws {NotInRunError} when the run has no such user */
export function requireUser({ index }: ActorLog, userId: string): void {
  const { found, nearest } = index.userNear(userId);
  if (found) return;
  throw new NotInRunError(
    `Cannot explain user ${JSON.stringify(userId)}: the run has none with this id${
      near("the nearest are", nearest)
    }`,
  );
}

function near(words: string, names: readonly string[]): string {
  return names.length === 0 ? "" : `; ${words} ${named(names)}`;
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, MAX_USERS_NAMED).map((name) => JSON.stringify(name));
  const rest = names.length - shown.length;
  return shown.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
