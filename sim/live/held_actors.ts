/**
 * The actors of a process that live steppers have suspended: who holds which, and that each goes on
 * again when its stepper goes away, forgets it, or the session ends.
 *
 * @module
 */

import { ActorCallError, RemoteError } from "../../actors/runtime/plain_error.ts";
import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import { formatDuration } from "../duration.ts";
import { suggestion } from "../nearest.ts";
import { HELD_IDLE_MS, STEP_LOOK_MS, STEP_PATIENCE_MS } from "./limits.ts";
import { resumedText, suspendedText } from "./live_notes.ts";
import { LiveError, type ProcessActor, type ProcessStep } from "./protocol.ts";
import { lagOf, type SteppedActor, type SteppedFloor } from "./stepped_floor.ts";

/** A client that may hold actors. */
export interface Holder {
  /** One of its actors goes on without its having asked for that. */
  released(actor: string, why: string): void;
}

interface Hold {
  readonly by: Holder;
  incarnation: number;
  steps: number;
  touchedAt: number;
  /** Aborts when it is over. */
  readonly over: AbortController;
  /** The last step asked for: one at a time. */
  turn: Promise<unknown>;
}

/** Suspends, steps and resumes actors for clients. */
export class HeldActors {
  readonly #floor: SteppedFloor;
  readonly #holds = new Map<string, Hold>();
  /** Actors of other processes of the run, by who told of them. */
  readonly #elsewhere = new Map<string, { readonly by: Holder; readonly incarnation: number }>();
  #unwatch: (() => void) | null = null;
  /** Why nothing is suspended any more; null while it is. */
  #ended: string | null = null;

  constructor(floor: SteppedFloor) {
    this.#floor = floor;
  }

  /** Whether any actor, also of another process of the run, stands still for a client. */
  get isHolding(): boolean {
    return this.#holds.size + this.#elsewhere.size > 0;
  }

  /** Who holds an actor, as a client sees it. */
  heldBy(id: string, asking: Holder): ProcessActor["heldBy"] {
    const hold = this.#holds.get(id);
    if (hold === undefined) return null;
    return hold.by === asking ? "you" : "another";
  }

  /** Resolves when it stands. @throws {LiveError} */
  async suspend(id: string, by: Holder): Promise<void> {
    if (this.#ended !== null) {
      throw new LiveError("ending", `Cannot suspend ${id}: ${this.#ended}`);
    }
    const held = this.#holds.get(id);
    if (held?.by === by) return;
    if (held !== undefined) throw heldByAnother("suspend", id);
    const actor = this.#find(id, "suspend");
    const hold = this.#begin(id, { by, incarnation: actor.incarnation });
    try {
      await suspendSurely(actor);
    } catch (error) {
      this.#forget(id, hold);
      throw asLiveError(error);
    }
    if (this.#holds.get(id) !== hold) return;
    this.#note(id, hold.incarnation, suspendedText({ again: false }));
    void this.#resumeWhenIdle(id, hold);
  }

  /** One piece of work of an actor that the client holds. @throws {LiveError} */
  step(id: string, by: Holder): Promise<ProcessStep> {
    const hold = this.#demandHeld("step", id, by);
    const step = hold.turn.then(() => this.#step(id, hold));
    // A failure reaches whoever asked for the step; the next one only waits for its end.
    hold.turn = step.catch(() => {});
    return step;
  }

  /** Lets an actor that the client holds go on. @throws {LiveError} */
  async resume(id: string, by: Holder): Promise<void> {
    await this.#release(id, this.#demandHeld("resume", id, by));
  }

  /** An actor of another process of the run stands still, or goes on. */
  elsewhere(
    { actor, incarnation, held }: {
      readonly actor: string;
      readonly incarnation: number;
      readonly held: boolean;
    },
    by: Holder,
  ): void {
    if (held === this.#elsewhere.has(actor)) return;
    if (held) this.#elsewhere.set(actor, { by, incarnation });
    else this.#elsewhere.delete(actor);
    this.#note(actor, incarnation, held ? suspendedText({ again: false }) : resumedText(null));
  }

  /** Lets everything go on that a client holds, for it is gone. */
  async leave(by: Holder): Promise<void> {
    const why = "the stepper went away";
    for (const [actor, told] of this.#elsewhere) {
      if (told.by === by) this.elsewhere({ ...told, actor, held: false }, by);
    }
    const own = [...this.#holds].filter(([, hold]) => hold.by === by);
    await Promise.all(own.map(([id, hold]) => this.#release(id, hold, why)));
  }

  /** Lets everything go on, tells who held it why, and suspends nothing any more. Idempotent. */
  async end(why: string): Promise<void> {
    this.#ended ??= why;
    for (const [actor, told] of this.#elsewhere) {
      this.elsewhere({ ...told, actor, held: false }, told.by);
    }
    await Promise.all([...this.#holds].map(([id, hold]) => this.#release(id, hold, why)));
  }

  #begin(id: string, { by, incarnation }: Pick<Hold, "by" | "incarnation">): Hold {
    const { events, clock } = this.#floor.runtime;
    this.#unwatch ??= events.addSink((event) => this.#observe(event));
    const hold: Hold = {
      by,
      incarnation,
      steps: 0,
      touchedAt: clock.now(),
      over: new AbortController(),
      turn: Promise.resolve(),
    };
    this.#holds.set(id, hold);
    return hold;
  }

  #forget(id: string, hold: Hold): boolean {
    if (this.#holds.get(id) !== hold) return false;
    this.#holds.delete(id);
    hold.over.abort();
    if (this.#holds.size > 0) return true;
    this.#unwatch?.();
    this.#unwatch = null;
    return true;
  }

  async #release(id: string, hold: Hold, why?: string): Promise<void> {
    if (!this.#forget(id, hold)) return;
    try {
      await this.#floor.actor(id).resume();
    } catch (error) {
      // It is down or hung: whoever comes after it was never suspended.
      if (!isOfActor(error) && !(error instanceof RangeError)) throw error;
    }
    this.#note(id, hold.incarnation, resumedText(hold.steps, why));
    if (why !== undefined) hold.by.released(id, why);
  }

  async #step(id: string, hold: Hold): Promise<ProcessStep> {
    const { clock } = this.#floor.runtime;
    const giveUpAt = clock.now() + STEP_PATIENCE_MS;
    for (;;) {
      if (hold.over.signal.aborted) {
        throw new LiveError("not-suspended", `Cannot step ${id}: it goes on by itself now`);
      }
      const actor = this.#find(id, "step");
      hold.touchedAt = clock.now();
      const done = await actor.step().catch((error: unknown) => {
        throw asLiveError(error);
      });
      if (done !== null) hold.steps++;
      const step = { incarnation: actor.incarnation, at: clock.now(), done };
      // A member that has a change of its assignment to hear of hears of it in a step of its own.
      if (done !== null || clock.now() >= giveUpAt || await this.#lagOf(actor) === 0) {
        return { ...step, done: done === null ? null : plain(done) };
      }
      await clock.sleep(STEP_LOOK_MS, hold.over.signal);
    }
  }

  async #lagOf(actor: SteppedActor): Promise<number> {
    try {
      const { assignment } = await actor.report();
      return await lagOf(this.#floor, { role: actor.role, assignment });
    } catch (error) {
      throw asLiveError(error);
    }
  }

  /** Who was started again stands still as who was before it. */
  #observe(event: RuntimeEvent): void {
    if (event.kind !== "ready") return;
    const hold = this.#holds.get(event.actor);
    if (hold === undefined || hold.incarnation === event.incarnation) return;
    hold.incarnation = event.incarnation;
    void this.#suspendAgain(event.actor, hold);
  }

  async #suspendAgain(id: string, hold: Hold): Promise<void> {
    const { incarnation } = hold;
    try {
      await suspendSurely(this.#floor.actor(id));
      if (this.#holds.get(id) === hold) {
        this.#note(id, incarnation, suspendedText({ again: true }));
      }
    } catch (error) {
      // It is down once more: its successor is suspended in its turn.
      if (!isOfActor(error) && !(error instanceof RangeError)) throw error;
    }
  }

  async #resumeWhenIdle(id: string, hold: Hold): Promise<void> {
    const { clock } = this.#floor.runtime;
    const { signal } = hold.over;
    while (!signal.aborted) {
      const leftMs = hold.touchedAt + HELD_IDLE_MS - clock.now();
      if (leftMs > 0) {
        await clock.sleep(leftMs, signal);
        continue;
      }
      const why = `nobody has stepped it for ${formatDuration(HELD_IDLE_MS)}`;
      return await this.#release(id, hold, why);
    }
  }

  #find(id: string, what: string): SteppedActor {
    try {
      return this.#floor.actor(id);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new LiveError("no-actor", `Cannot ${what} ${id}: ${error.message}`, error);
    }
  }

  #demandHeld(what: string, id: string, by: Holder): Hold {
    const hold = this.#holds.get(id);
    if (hold === undefined) {
      const near = suggestion(id, [...this.#holds.keys()]);
      throw new LiveError("not-suspended", `Cannot ${what} ${id}: it is not suspended${near}`);
    }
    if (hold.by !== by) throw heldByAnother(what, id);
    return hold;
  }

  #note(actor: string, incarnation: number, text: string): void {
    this.#floor.runtime.events.append({ actor, incarnation }, { kind: "note", text });
  }
}

/** One that is busy longer than a call may take is suspended all the same, when it is done. */
async function suspendSurely(actor: SteppedActor): Promise<void> {
  try {
    await actor.suspend({ settled: true });
  } catch (error) {
    if (!(error instanceof ActorCallError) || error.code !== "actor-timeout") throw error;
  }
}

/** As it travels. */
function plain({ read, wrote }: NonNullable<Awaited<ReturnType<SteppedActor["step"]>>>) {
  return { read: read === null ? null : { ...read }, wrote: wrote.map((each) => ({ ...each })) };
}

function heldByAnother(what: string, id: string): LiveError {
  return new LiveError("held-by-another", `Cannot ${what} ${id}: another stepper has suspended it`);
}

function isOfActor(error: unknown): error is ActorCallError | RemoteError {
  return error instanceof ActorCallError || error instanceof RemoteError;
}

function asLiveError(error: unknown): unknown {
  return isOfActor(error) ? new LiveError("failed", error.message, error) : error;
}
