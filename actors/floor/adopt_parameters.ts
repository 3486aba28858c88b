/**
 * A fold's hold on the floor's parameters: the first record of its partition says them, and no later
 * one may say otherwise.
 *
 * @module
 */

import type { FloorParameters } from "../../kafka/messages/mod.ts";
import { differenceOf, FloorParametersError } from "./floor_parameters.ts";

/**
 * What a fold goes on with after a `floor-opened` record: the parameters it holds already, else the
 * ones opened with.
 *
 * @throws {FloorParametersError} when they differ from those held; the first difference is named
 */
export function adoptParameters(
  held: FloorParameters | null,
  opened: FloorParameters,
): FloorParameters {
  if (held === null) return opened;
  const difference = differenceOf(held, opened);
  if (difference === null) return held;
  throw new FloorParametersError(`Cannot open the floor: it was opened with ${difference}`);
}
