/**
 * All planted bugs, in the order of the table in `docs/planted-bugs.md`.
 *
 * @module
 */

import type { PlantedBug } from "./planted_bug.ts";
import { auditedBeforeDurable } from "./variants/audited_before_durable.ts";
import { auditSegmentContinued } from "./variants/audit_segment_continued.ts";
import { clockInTheDecision } from "./variants/clock_in_the_decision.ts";
import { commitBeforeAcknowledgement } from "./variants/commit_before_acknowledgement.ts";
import { duplicateByIdAlone } from "./variants/duplicate_by_id_alone.ts";
import { forgottenIdTradesAgain } from "./variants/forgotten_id_trades_again.ts";
import { gapTakenForDuplicate } from "./variants/gap_taken_for_duplicate.ts";
import { killedTwiceIsPoison } from "./variants/killed_twice_is_poison.ts";
import { markOutsideSnapshot } from "./variants/mark_outside_snapshot.ts";
import { noGenerationFence } from "./variants/no_generation_fence.ts";
import { noHighWaterMark } from "./variants/no_high_water_mark.ts";
import { priorityByPriceOnly } from "./variants/priority_by_price_only.ts";
import { reservationReleasedTwice } from "./variants/reservation_released_twice.ts";
import { settlementsPastTheInput } from "./variants/settlements_past_the_input.ts";
import { snapshotBeforeTheFold } from "./variants/snapshot_before_the_fold.ts";
import { snapshotFoldedTwice } from "./variants/snapshot_folded_twice.ts";

/** Each is wrong in one way. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  commitBeforeAcknowledgement,
  noHighWaterMark,
  markOutsideSnapshot,
  settlementsPastTheInput,
  noGenerationFence,
  duplicateByIdAlone,
  forgottenIdTradesAgain,
  gapTakenForDuplicate,
  snapshotFoldedTwice,
  killedTwiceIsPoison,
  auditSegmentContinued,
  reservationReleasedTwice,
  clockInTheDecision,
  snapshotBeforeTheFold,
  priorityByPriceOnly,
  auditedBeforeDurable,
];
