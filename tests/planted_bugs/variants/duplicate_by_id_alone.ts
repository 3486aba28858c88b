/**
 * Duplicate check by id without body: another order under an id in use gets the answer of the first.
 *
 * @module
 */

import { AnswerRing } from "../../../actors/order_gateway/answer_ring.ts";
import type { Idempotency } from "../../../actors/order_gateway/idempotency.ts";
import type { PlantedBug } from "../planted_bug.ts";
import { gatewayRecalling } from "../support/gateway_memory.ts";

/** A client is told that an order is placed which is not. */
export const duplicateByIdAlone: PlantedBug = {
  id: "duplicate_by_id_alone",
  what: "duplicate check by id without body",
  host: gatewayRecalling((memory, recalled, { id, limits }) => {
    if (recalled.kind !== "conflict") return recalled;
    const outcome = answersOf(memory, limits.answersPerUser).get(memory.find(id))?.outcome;
    return outcome === undefined ? recalled : { kind: "repeat", outcome };
  }),
};

function answersOf(memory: Idempotency, limit: number): AnswerRing {
  return AnswerRing.fromBytes(memory.dump().answers, limit, memory.used);
}
