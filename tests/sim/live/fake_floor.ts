/**
 * A floor of actors that are fed from a list, for tests of live stepping without threads or a log.
 *
 * @module
 */

import type { ActorView } from "../../../actors/floor/actor_view.ts";
import type { ActorReport, ActorStep } from "../../../actors/runtime/actor.ts";
import { RuntimeEventStream } from "../../../actors/runtime/event_stream.ts";
import { ActorCallError } from "../../../actors/runtime/plain_error.ts";
import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import type { SteppedActor, SteppedFloor } from "../../../sim/live/stepped_floor.ts";
import type { Clock } from "../../../mod.ts";

/** An actor that works off one partition. */
export class FakeActor implements SteppedActor {
  readonly role = "trading-engine";
  incarnation = 1;
  phase: ActorReport["phase"] = "running";
  isDown = false;
  next = 0;
  end = 0;
  /** Polls that tell it nothing before a record comes. */
  emptyPolls = 0;
  suspensions = 0;

  constructor(readonly id: string, readonly partition: number) {}

  suspend(): Promise<void> {
    return this.#unlessDown(() => {
      this.suspensions++;
      this.phase = "suspended";
    });
  }

  resume(): Promise<void> {
    return this.#unlessDown(() => {
      this.phase = "running";
      this.next = this.end;
    });
  }

  step(): Promise<ActorStep | null> {
    return this.#unlessDown(() => {
      if (this.emptyPolls-- > 0 || this.next === this.end) return null;
      const { partition } = this;
      const offset = this.next++;
      return { read: { topic: "orders", partition, offset }, wrote: [] };
    });
  }

  report(): Promise<ActorReport> {
    return this.#unlessDown(() => ({
      phase: this.phase,
      assignment: [`orders/${this.partition}`],
      counters: {},
    }));
  }

  #unlessDown<T>(work: () => T): Promise<T> {
    if (!this.isDown) return Promise.resolve(work());
    return Promise.reject(
      new ActorCallError("actor-down", `Cannot call "${this.id}": the actor is down (crashed)`),
    );
  }
}

/** Two engines. */
export class FakeFloor implements SteppedFloor {
  readonly engines = [
    new FakeActor("trading-engine-0", 0),
    new FakeActor("trading-engine-1", 1),
  ] as const;
  readonly told: RuntimeEvent[] = [];
  readonly runtime: { readonly clock: Clock; readonly events: RuntimeEventStream };

  constructor(clock: Clock) {
    const onSinkError = (error: unknown) => {
      throw error;
    };
    this.runtime = { clock, events: new RuntimeEventStream({ clock, onSinkError }) };
    this.runtime.events.addSink((event) => void this.told.push(event));
  }

  readonly log = {
    lag: () =>
      Promise.resolve(this.engines.map(({ partition, next, end }) => ({
        topic: "orders",
        partition,
        offset: next,
        endOffset: end,
        lag: end - next,
      }))),
  };

  /** The notes on an actor, in order. */
  notes(id: string): readonly string[] {
    return this.told.flatMap((event) =>
      event.actor === id && event.kind === "note" ? [event.text] : []
    );
  }

  actor(id: string): FakeActor {
    const found = this.engines.find((each) => each.id === id);
    if (found !== undefined) return found;
    throw new RangeError(`Cannot find actor "${id}": running are trading-engine-0`);
  }

  actors(): Promise<ActorView> {
    const children = this.engines.map((engine): ActorView => ({
      ...viewOf(engine.id, "trading-engine", []),
      incarnation: engine.incarnation,
      phase: engine.phase,
      assignment: [`orders/${engine.partition}`],
      lag: engine.end - engine.next,
    }));
    return Promise.resolve({ ...viewOf("floor", "supervisor", children), kind: "supervisor" });
  }

  /** Ends an engine's incarnation and starts the next. */
  restart(engine: FakeActor): void {
    engine.incarnation++;
    engine.phase = "running";
    engine.isDown = false;
    const source = { actor: engine.id, incarnation: engine.incarnation };
    this.runtime.events.append(source, { kind: "ready", afterMs: 1 });
  }
}

function viewOf(id: string, role: string, children: readonly ActorView[]): ActorView {
  return {
    id,
    role,
    kind: "actor",
    phase: "running",
    incarnation: 1,
    restarts: 0,
    lastFailure: null,
    assignment: [],
    counters: {},
    lag: 0,
    children,
  };
}
