/**
 * Waiting until a floor has worked off what is left when the script is over.
 *
 * @module
 */

import type { Floor } from "../../actors/floor/floor.ts";
import type { Clock } from "../../actors/runtime/clock.ts";

/** How long the floor may take to work off what is left when the script is over. */
const DRAIN_DEADLINE_MS = 300_000;

/** A floor that has not moved for so long while it drains is stuck. */
const STUCK_AFTER_MS = 60_000;

/** How often it is looked at. */
const LOOK_EVERY_MS = 100;

/** How a floor came to rest, or did not. */
export interface Drained {
  /** Whether every group caught up. */
  readonly drained: boolean;
  /** How long that was waited for. */
  readonly drainMs: number;
}

/**
 * Waits until every group has caught up; a floor that no longer moves is not waited for. While `isHeld`
 * somebody keeps an actor from moving, and both deadlines wait.
 */
export async function drain(
  floor: Pick<Floor, "idle" | "progress">,
  { clock, isHeld = () => false }: { readonly clock: Clock; readonly isHeld?: () => boolean },
): Promise<Drained> {
  const startedAt = clock.now();
  let giveUpAt = startedAt + DRAIN_DEADLINE_MS;
  const over = new AbortController();
  let idle = false;
  const idling = floor.idle({ signal: over.signal }).then(() => {
    idle = !over.signal.aborted;
  });
  let seen = "";
  for (let movedAt = clock.now(); !idle && clock.now() < giveUpAt;) {
    const lookedAt = clock.now();
    await Promise.race([idling, clock.sleep(LOOK_EVERY_MS)]);
    const askedAt = clock.now();
    const { lag, end } = await floor.progress();
    // While the log is out of reach nobody can say whether it moves.
    movedAt += clock.now() - askedAt;
    const now = `${lag}/${end}`;
    if (now !== seen) movedAt = clock.now();
    seen = now;
    if (isHeld()) {
      giveUpAt += clock.now() - lookedAt;
      movedAt = clock.now();
    }
    if (clock.now() - movedAt > STUCK_AFTER_MS) break;
  }
  const drained = idle;
  over.abort();
  await idling;
  return { drained, drainMs: clock.now() - startedAt };
}
