/**
 * Supervisors: they start their children in order, stop them in reverse order, and start them again when
 * they fail, within limits. A supervisor that gives up is a failure to the one above it; the root's end
 * is told by its `down`.
 *
 * A supervisor acts in one place, `#advance`, which looks at what is and takes the next steps towards
 * what should be. Whatever happens only notes itself and calls it.
 *
 * @module
 */

import type { ActorHandle, Down } from "./actor_handle.ts";
import { ChildSlot, failedStart, type Supervisee, type TreeNode } from "./child_slot.ts";
import { checkSpec, type ChildSpec, specIds, type SupervisorSpec } from "./child_spec.ts";
import { type Deferred, deferred } from "./deferred.ts";
import { describeDown, gaveUpError, RestartLedger } from "./restart_ledger.ts";
import type { Failure } from "./restart_policy.ts";
import type { Runtime } from "./runtime.ts";

/** What a supervisor needs of the runtime. */
export type SupervisionContext = Pick<Runtime, "clock" | "random" | "events" | "nextIncarnation">;

/** From a start of a supervisor to its end. */
interface Life {
  readonly ready: Deferred<void>;
  readonly down: Deferred<Down>;
  /** Aborts the backoffs under way. */
  readonly abort: AbortController;
  ending: Omit<Down, "confirmed"> | null;
}

type Slot = ChildSlot<Supervisor>;

/** A supervisor. Under another one it is started by that one; the root is started by its owner. */
export class Supervisor {
  readonly spec: SupervisorSpec;
  readonly #context: SupervisionContext;
  readonly #parent: Supervisor | null;
  readonly #ledger: RestartLedger;
  #slots: Slot[];
  #life: Life | null = null;
  #incarnation = 0;

  /** @throws {RangeError} when the spec is wrong: ids twice, limits that mean nothing */
  constructor(
    spec: SupervisorSpec,
    context: SupervisionContext,
    parent: Supervisor | null = null,
  ) {
    checkSpec(spec);
    this.spec = spec;
    this.#context = context;
    this.#parent = parent;
    this.#ledger = new RestartLedger(spec.policy, context.random);
    this.#slots = spec.children.map((child) => this.#slot(child));
  }

  get id(): string {
    return this.spec.id;
  }

  /**
   * Starts the children in order. Of what it returns, `ready` resolves when all have been up once, and
   * rejects if the supervisor ends before; `down` resolves when it was stopped (`stopped`) or gave up
   * (`crashed`, with the error `SupervisorGaveUp`).
   *
   * @throws when it is running already
   */
  start(incarnation: number = this.#context.nextIncarnation(this.id)): Supervisee {
    if (this.#life !== null) throw new Error(`Cannot start "${this.id}": it is running already`);
    const life: Life = {
      ready: deferred(),
      down: deferred(),
      abort: new AbortController(),
      ending: null,
    };
    this.#life = life;
    this.#incarnation = incarnation;
    this.#ledger.clear();
    for (const slot of this.#slots) slot.reset();
    this.#advance();
    return {
      ready: life.ready.promise,
      down: life.down.promise,
      stop: () => this.stop(),
      terminate: () => this.terminate(),
    };
  }

  /** Stops the children in reverse order, each within its own time. Idempotent. */
  async stop(): Promise<void> {
    const life = this.#life;
    if (life === null) return;
    this.#beginEnd(life, { reason: "stopped", error: null });
    await life.down.promise;
  }

  /** Ends all children now. */
  terminate(): void {
    const life = this.#life;
    if (life === null) return;
    this.#beginEnd(life, { reason: "terminated", error: null });
    for (const slot of this.#slots) slot.current?.terminate();
  }

  /**
   * Adds a child after the others. Resolves when it is ready for the first time.
   *
   * @throws {RangeError} when the spec is wrong or an id is in the tree already; later when it
   * or this supervisor ends without its having been ready
   */
  async add(spec: ChildSpec | SupervisorSpec): Promise<void> {
    checkSpec(spec);
    const there = new Set(this.#root().#ids());
    for (const id of specIds(spec)) {
      if (there.has(id)) throw new RangeError(`Cannot add "${id}": the id is in the tree already`);
    }
    const slot = this.#slot(spec);
    this.#slots.push(slot);
    this.#advance();
    await slot.joined.promise;
  }

  /** Stops a child of this supervisor and forgets it. @throws {RangeError} when there is none */
  async remove(id: string): Promise<void> {
    const slot = this.#slots.find((one) => one.id === id);
    if (slot === undefined) {
      throw new RangeError(`Cannot remove "${id}": "${this.id}" has no such child`);
    }
    slot.leaving ??= deferred();
    this.#advance();
    await slot.leaving.promise;
  }

  /** The running incarnation of an actor in this tree; null when there is none now. */
  actor(id: string): ActorHandle | null {
    for (const slot of this.#slots) {
      if (slot.nested !== null) {
        const found = slot.nested.actor(id);
        if (found !== null) return found;
      } else if (slot.id === id && slot.current !== null && "ask" in slot.current) {
        return slot.current;
      }
    }
    return null;
  }

  /** This supervisor or one below it; null when there is none of that id. */
  supervisor(id: string): Supervisor | null {
    if (id === this.id) return this;
    for (const slot of this.#slots) {
      const found = slot.nested?.supervisor(id) ?? null;
      if (found !== null) return found;
    }
    return null;
  }

  /** The tree from here down, as data. */
  tree(): TreeNode {
    const children = this.#slots.map((slot) => slot.tree());
    const life = this.#life;
    const up = children.every((child) => child.phase === "running" || child.phase === "down");
    return {
      id: this.id,
      role: "supervisor",
      kind: "supervisor",
      phase: life === null
        ? "down"
        : life.ending !== null
        ? "stopping"
        : up
        ? "running"
        : "starting",
      incarnation: this.#incarnation,
      restarts: Math.max(0, this.#incarnation - 1),
      lastFailure: null,
      strategy: this.spec.strategy,
      children,
    };
  }

  #slot(spec: ChildSpec | SupervisorSpec): Slot {
    const nested = spec.kind === "supervisor" ? new Supervisor(spec, this.#context, this) : null;
    return new ChildSlot(spec, nested);
  }

  #root(): Supervisor {
    return this.#parent === null ? this : this.#parent.#root();
  }

  #ids(): readonly string[] {
    const below = ({ id, nested }: Slot) => nested === null ? [id] : nested.#ids();
    return [this.id, ...this.#slots.flatMap(below)];
  }

  #advance(): void {
    for (const slot of this.#slots) {
      if (slot.leaving !== null && slot.current === null) this.#forget(slot);
    }
    const stopping = this.#stopNext();
    const life = this.#life;
    if (life === null) return;
    if (life.ending !== null) {
      if (!stopping) this.#finish(life, life.ending);
      return;
    }
    // Where order counts, nothing starts beside something that is still going down.
    if (stopping && this.spec.strategy !== "one-for-one") return;
    this.#startDue();
    if (this.#slots.every((slot) => slot.readyAt !== null || slot.resting)) life.ready.resolve();
  }

  /** Begins the next stop, from the last child to the first. @returns whether any is under way */
  #stopNext(): boolean {
    const ending = this.#life?.ending != null;
    for (const slot of this.#slots.toReversed()) {
      if (slot.current === null || !(ending || slot.bounce || slot.leaving !== null)) continue;
      if (!slot.stopping) {
        slot.stopping = true;
        void slot.current.stop(slot.spec.kind === "actor" ? slot.spec.shutdownMs : 0);
      }
      return true;
    }
    return false;
  }

  #startDue(): void {
    const ordered = this.spec.strategy !== "one-for-one";
    let queue = false;
    for (const slot of this.#slots) {
      if (slot.resting) continue;
      const due = slot.current === null && slot.backoff === null;
      // A first start waits for those before it; where order does not count, a restart never waits.
      if (due && !(queue && slot.first)) this.#startChild(slot);
      if (slot.readyAt !== null) continue;
      if (ordered) return;
      queue ||= slot.first;
    }
  }

  #startChild(slot: Slot): void {
    const { spec } = slot;
    slot.incarnation = this.#context.nextIncarnation(spec.id);
    slot.starts++;
    let current: Supervisee;
    try {
      current = spec.kind === "actor"
        ? spec.start(slot.incarnation)
        : slot.nested?.start(slot.incarnation) ?? failedStart(new Error("it has no supervisor"));
    } catch (error) {
      current = failedStart(error);
    }
    slot.current = current;
    current.ready.then(() => this.#becameReady(slot, current), () => {
      // Not ready means down, and that is told by `down`.
    });
    void current.down.then((down) => this.#wentDown(slot, current, down));
  }

  #becameReady(slot: Slot, current: Supervisee): void {
    if (slot.current !== current) return;
    slot.readyAt = this.#context.clock.now();
    slot.first = false;
    slot.joined.resolve();
    this.#advance();
  }

  #wentDown(slot: Slot, current: Supervisee, down: Down): void {
    if (slot.current !== current) return;
    const now = this.#context.clock.now();
    const healthyMs = slot.readyAt === null ? 0 : now - slot.readyAt;
    // On its way out, or to be started again with a sibling: its end is no failure to decide upon.
    const expected = slot.stopping || slot.bounce || slot.leaving !== null ||
      this.#life?.ending != null;
    slot.current = null;
    slot.readyAt = null;
    slot.first = false;
    slot.stopping = false;
    // Once stopped with a sibling, a temporary child stays down like after any other end.
    if (slot.bounce && slot.spec.restart === "temporary") slot.resting = true;
    slot.bounce = false;
    if (down.reason !== "stopped") {
      slot.lastFailure = { at: now, reason: down.reason, error: down.error?.message ?? null };
    }
    if (!expected) {
      this.#failed(slot, down, { child: slot.id, at: now, reason: down.reason, healthyMs });
    }
    this.#advance();
  }

  #failed(slot: Slot, down: Down, failure: Failure): void {
    const decision = this.#ledger.decide(slot.spec.restart, failure);
    if (decision.kind === "stay-down") {
      slot.resting = true;
      slot.joined.reject(new Error(`Cannot start "${slot.id}": ${describeDown(down)}`));
      return;
    }
    const { maxRestarts, withinMs } = this.spec.policy;
    const source = decision.kind === "give-up"
      ? { actor: this.id, incarnation: this.#incarnation }
      : { actor: slot.id, incarnation: slot.incarnation };
    this.#context.events.append(source, { ...decision, maxRestarts, withinMs });
    if (decision.kind === "restart") return this.#backOff(slot, decision.delayMs);
    const last = { child: slot.id, down, failures: decision.failures };
    const error = gaveUpError(this.id, this.spec.policy, last);
    if (this.#life !== null) this.#beginEnd(this.#life, { reason: "crashed", error });
  }

  #backOff(failed: Slot, delayMs: number): void {
    const life = this.#life;
    if (life === null) return;
    const backoff = Symbol(failed.id);
    for (const slot of this.#affectedBy(failed)) {
      if (slot.resting) continue;
      slot.bounce = slot.current !== null;
      slot.backoff = backoff;
    }
    void this.#context.clock.sleep(delayMs, life.abort.signal).then(() => {
      for (const slot of this.#slots) if (slot.backoff === backoff) slot.backoff = null;
      this.#advance();
    });
  }

  #affectedBy(failed: Slot): readonly Slot[] {
    switch (this.spec.strategy) {
      case "one-for-one":
        return [failed];
      case "one-for-all":
        return this.#slots;
      case "rest-for-one":
        return this.#slots.slice(this.#slots.indexOf(failed));
    }
  }

  #beginEnd(life: Life, ending: Omit<Down, "confirmed">): void {
    if (life.ending !== null) return;
    life.ending = ending;
    life.abort.abort();
    this.#advance();
  }

  #finish(life: Life, ending: Omit<Down, "confirmed">): void {
    this.#life = null;
    const why = ending.error?.message ?? `"${this.id}" was ${ending.reason}`;
    const error = Object.assign(new Error(why), { name: ending.error?.name ?? "SupervisorEnded" });
    life.ready.reject(error);
    for (const slot of this.#slots) slot.joined.reject(error);
    life.down.resolve({ ...ending, confirmed: true });
  }

  #forget(slot: Slot): void {
    this.#slots = this.#slots.filter((one) => one !== slot);
    slot.joined.reject(new Error(`Cannot start "${slot.id}": it was removed`));
    slot.leaving?.resolve();
  }
}
