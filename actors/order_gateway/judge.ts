/**
 * The order of checks that every client command goes through once its account is known: its own
 * mistakes, its id, and then what the command alone can tell.
 *
 * - A command's own mistakes (schema, symbol, tick, lot) come first and depend on nothing but the
 *   command, so a resend gets the same refusal again, marked as a duplicate while it is remembered.
 * - An id in use: the same body gets the first answer again, another body `id-conflict`, and one whose
 *   answer is past the horizon `stale`. When a user's ids are used up: `id-space-exhausted`.
 * - Then the command decides (an order: rate, live orders of the user and of the partition, funds; a
 *   deposit: room for the cash; an opening: see `account_commands.ts`). Every answer uses the id, but
 *   `rate-limited`, and those given when no room for an id is left.
 *
 * @module
 */

import type { Account } from "./account.ts";
import type { Outcome } from "./answer_ring.ts";
import type { Refusal } from "./checks.ts";
import type { Hash64 } from "./hash64.ts";
import type { RejectReason } from "../../kafka/messages/mod.ts";

/** What is to be answered. */
export interface Judgement {
  readonly outcome: Outcome;
  readonly duplicate: boolean;
}

/** A command as {@link judge} needs it. */
export interface Case<Checked extends { readonly ok: true }> {
  readonly account: Account;
  readonly id: Hash64;
  readonly body: Hash64;
  readonly now: number;
  readonly checked: Checked | Refusal;
  /** Called once, with a new id only. Does what follows from an acceptance. */
  readonly decide: (checked: Checked) => Outcome;
}

/** An outcome that refuses. */
export function refused(reason: RejectReason, amount = 0): Outcome {
  return { reason, orderNumber: 0, amount };
}

/** Decides on a command and remembers it. */
export function judge<C extends { readonly ok: true }>(command: Case<C>): Judgement {
  const { account: { memory }, id, body, now, checked } = command;
  const recall = memory.recall(id, body, now);
  if (recall.kind === "repeat") {
    const { outcome } = recall;
    // Bodies that only hash alike were not answered like this one.
    if (checked.ok || outcome.reason === checked.reason) return { outcome, duplicate: true };
  }
  if (!checked.ok) {
    const outcome = refused(checked.reason);
    if (recall.kind === "new") memory.remember(id, body, now, outcome);
    return { outcome, duplicate: false };
  }
  if (recall.kind !== "new") return { outcome: REFUSED_IDS[recall.kind], duplicate: false };
  const outcome = command.decide(checked);
  if (outcome.reason !== "rate-limited") memory.remember(id, body, now, outcome);
  return { outcome, duplicate: false };
}

const REFUSED_IDS = {
  repeat: refused("id-conflict"),
  conflict: refused("id-conflict"),
  stale: refused("stale"),
  full: refused("id-space-exhausted"),
} as const;
