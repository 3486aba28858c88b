/**
 * What the runner sees of the floor while it plays: restarts and zombies, from the runtime events.
 *
 * @module
 */

import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";

/** Counts what runtime events tell. */
export class FloorWatch {
  readonly #restarts = new Map<string, number>();
  #zombies = 0;
  #listener: ((event: RuntimeEvent) => void) | null = null;

  /** Told of every event. */
  observe(event: RuntimeEvent): void {
    if (event.kind === "restart") {
      this.#restarts.set(event.actor, (this.#restarts.get(event.actor) ?? 0) + 1);
    }
    if (event.kind === "zombie") this.#zombies++;
    this.#listener?.(event);
  }

  /** Calls `listener` with every further event. */
  listen(listener: (event: RuntimeEvent) => void): void {
    this.#listener = listener;
  }

  get zombies(): number {
    return this.#zombies;
  }

  get restarts(): number {
    return [...this.#restarts.values()].reduce((sum, count) => sum + count, 0);
  }

  restartsByActor(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#restarts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
