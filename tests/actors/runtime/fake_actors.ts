/**
 * Handles without actors, for supervisors under test: what happens to them is what the test says.
 *
 * @module
 */

import type { ActorReport } from "../../../actors/runtime/actor.ts";
import type { ActorHandle, Down } from "../../../actors/runtime/actor_handle.ts";
import type { ChildSpec } from "../../../actors/runtime/child_spec.ts";
import { deferred } from "../../../actors/runtime/deferred.ts";
import type { RestartType } from "../../../actors/runtime/restart_policy.ts";
import type { DownReason } from "../../../actors/runtime/runtime_events.ts";

/** A handle under a test's hand. */
export class FakeHandle implements ActorHandle {
  readonly role = "fake";
  readonly #ready = deferred<void>();
  readonly #down = deferred<Down>();
  readonly ready = this.#ready.promise;
  readonly down = this.#down.promise;
  readonly ended = this.#down.promise.then(() => {});
  stopDeadlineMs: number | null = null;

  constructor(readonly floor: FakeFloor, readonly id: string, readonly incarnation: number) {}

  becomeReady(): void {
    this.floor.diary.push(`ready ${this.id}:${this.incarnation}`);
    this.#ready.resolve();
  }

  fall(reason: DownReason = "crashed", message = "boom"): void {
    const error = { name: "Error", message, code: null, stack: null, retriable: false };
    this.floor.diary.push(`${reason} ${this.id}:${this.incarnation}`);
    this.#ready.reject(new Error(message));
    this.#down.resolve({ reason, error: reason === "stopped" ? null : error, confirmed: true });
  }

  async stop(deadlineMs: number): Promise<void> {
    this.stopDeadlineMs = deadlineMs;
    this.floor.diary.push(`stop ${this.id}:${this.incarnation}`);
    if (!this.floor.holdStops) this.fall("stopped");
    await this.down;
  }

  terminate(): void {
    this.fall("terminated");
  }

  ping = (): Promise<number> => Promise.resolve(0);
  report = (): Promise<ActorReport> => Promise.reject(new Error("a fake has no report"));
  suspend = (): Promise<void> => Promise.resolve();
  resume = (): Promise<void> => Promise.resolve();
  step = (): Promise<null> => Promise.resolve(null);
  ask = (): Promise<unknown> => Promise.resolve(null);
  onData = (): void => {};
  crash = (): Promise<void> => Promise.resolve();
  hang = (): Promise<void> => Promise.resolve();
  disown = (): Promise<void> => Promise.resolve();
  inject = (): Promise<void> => Promise.resolve();
  heal = (): Promise<void> => Promise.resolve();
}

/** All fake handles of a test and what happened to them, in order. */
export class FakeFloor {
  readonly diary: string[] = [];
  readonly handles: FakeHandle[] = [];
  /** Whether a started handle is ready at once. */
  readyAtOnce = true;
  /** Whether a stop waits until the test lets the handle fall. */
  holdStops = false;
  /** Makes the next start of the child throw. */
  readonly brokenStarts = new Set<string>();

  child(id: string, restart: RestartType = "permanent", shutdownMs = 1000): ChildSpec {
    const start = (incarnation: number) => {
      this.diary.push(`start ${id}:${incarnation}`);
      if (this.brokenStarts.delete(id)) throw new Error("cannot be started");
      const handle = new FakeHandle(this, id, incarnation);
      this.handles.push(handle);
      if (this.readyAtOnce) handle.becomeReady();
      return handle;
    };
    return { kind: "actor", id, role: "fake", restart, shutdownMs, start };
  }

  /** The newest handle of a child. */
  handle(id: string): FakeHandle {
    const found = this.handles.findLast((handle) => handle.id === id);
    if (found === undefined) throw new Error(`"${id}" was never started`);
    return found;
  }

  /** What happened since it was last asked. */
  read(): readonly string[] {
    return this.diary.splice(0);
  }
}
