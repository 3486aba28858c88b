/**
 * Virtual time that ends: a floor that starts an actor again and again for ever would keep it going.
 *
 * @module
 */

import { VirtualTime } from "../../actors/runtime/virtual_time.ts";

/** So many events are far more than any world of the explorer needs. */
const MAX_EVENTS = 2_000_000;

/** Past {@link MAX_EVENTS} no further wait ends, so that `run` finds that time has stalled. */
export class BoundedTime extends VirtualTime {
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (this.eventCount < MAX_EVENTS) return super.sleep(ms, signal);
    return new Promise(() => {});
  }
}
