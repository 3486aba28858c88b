/**
 * The handle of an incarnation, over whatever hosts it: life and death, deadlines, liveness, the kill
 * ladder. The hosts differ only in how a call is carried and how a thread is ended.
 *
 * @module
 */

import type { ActorReport, ActorStep, SuspendOptions } from "./actor.ts";
import {
  type ActorHandle,
  type DataListener,
  DEFAULT_HANDLE_LIMITS,
  type Down,
  type HandleLimits,
} from "./actor_handle.ts";
import type { ControlRequest } from "./control.ts";
import { deferred, resolvesWithin } from "./deferred.ts";
import type { HandleIdentity, HostMeans, HostSignal } from "./host_means.ts";
import type { InjectedFault } from "./injected_faults.ts";
import { answersUntil } from "./liveness.ts";
import { PendingCalls } from "./pending_calls.ts";
import { ActorCallError, type PlainError, RemoteError, toPlainError } from "./plain_error.ts";
import type { Runtime } from "./runtime.ts";
import type { DownReason, RuntimeEventBody } from "./runtime_events.ts";

/** When the thread's end is seen before its last words, they are waited for so long. */
const LAST_WORDS_MS = 25;

/** An {@link ActorHandle} over a host. */
export class HostedHandle implements ActorHandle {
  readonly id: string;
  readonly role: string;
  readonly incarnation: number;
  readonly #runtime: Runtime;
  readonly #limits: HandleLimits;
  readonly #host: HostMeans;
  readonly #calls: PendingCalls;
  readonly #ready = deferred<void>();
  readonly #down = deferred<Down>();
  readonly #gone = deferred<void>();
  readonly #ended = deferred<void>();
  readonly #alive = new AbortController();
  readonly #faultInjection: boolean;
  readonly #startedAt: number;
  #isGone = false;
  #isReady = false;
  #hasListener = false;
  /** Given up, and let work on. */
  #isDisowned = false;
  readonly #abandoned = new AbortController();
  #ending: { readonly reason: DownReason; readonly error: PlainError | null } | null = null;

  /** `open` starts the host; it must not signal before it returns. */
  constructor(
    identity: HandleIdentity,
    open: (signal: (signal: HostSignal) => void, limits: HandleLimits) => HostMeans,
  ) {
    const { runtime, id, role, incarnation } = identity;
    this.#runtime = runtime;
    this.id = id;
    this.role = role;
    this.incarnation = incarnation;
    this.#limits = { ...DEFAULT_HANDLE_LIMITS, ...identity.limits };
    this.#calls = new PendingCalls(`${id}:${incarnation}`, runtime.clock);
    this.#startedAt = runtime.clock.now();
    this.#faultInjection = identity.faultInjection ?? false;
    this.#tell({ kind: "starting" });
    runtime.track(this);
    this.#host = open((signal) => this.#signalled(signal), this.#limits);
    void this.#watchStart();
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get down(): Promise<Down> {
    return this.#down.promise;
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  async stop(deadlineMs: number): Promise<void> {
    if (this.#ending === null) {
      this.#tell({ kind: "stopping" });
      void this.#askToStop(deadlineMs);
      const clock = this.#runtime.clock;
      const drained = await resolvesWithin(clock, deadlineMs, this.#down.promise);
      if (!drained) {
        this.#end("terminated", this.#error(`it did not stop within ${deadlineMs} ms`));
      }
    }
    await this.#down.promise;
  }

  terminate(why?: string): void {
    this.#end("terminated", why === undefined ? null : this.#error(why));
  }

  async ping(deadlineMs: number): Promise<number> {
    const { clock } = this.#runtime;
    const asked = clock.now();
    await this.#call({ method: "ping" }, deadlineMs, true);
    return clock.now() - asked;
  }

  async report(deadlineMs = this.#limits.callDeadlineMs): Promise<ActorReport> {
    // The actor's own type: control carries it as it is.
    return await this.#call({ method: "report" }, deadlineMs) as ActorReport;
  }

  async suspend(options: SuspendOptions = {}): Promise<void> {
    await this.#call({ method: "suspend", options });
  }

  async resume(): Promise<void> {
    await this.#call({ method: "resume" });
  }

  async step(): Promise<ActorStep | null> {
    // The actor's own type: control carries it as it is.
    return await this.#call({ method: "step" }) as ActorStep | null;
  }

  ask(question: unknown, deadlineMs = this.#limits.callDeadlineMs): Promise<unknown> {
    return this.#call({ method: "ask", question }, deadlineMs);
  }

  onData(listener: DataListener): void {
    if (this.#hasListener) throw new Error(`Cannot take the data of "${this.id}": it is taken`);
    this.#hasListener = true;
    this.#host.receive(listener);
  }

  async crash(message = "crash on demand"): Promise<void> {
    const { clock } = this.#runtime;
    const { callDeadlineMs } = this.#limits;
    const wasUp = this.#ending === null;
    try {
      await this.#call({ method: "crash", message }, callDeadlineMs, true);
    } catch (error) {
      // It may be down before its answer is here: that is what was asked for.
      const down = error instanceof ActorCallError && error.code === "actor-down";
      if (!wasUp || !down) throw error;
    }
    if (await resolvesWithin(clock, callDeadlineMs, this.#down.promise)) return;
    throw new ActorCallError("actor-timeout", `Cannot crash "${this.id}": it is still up`);
  }

  async hang(ms: number): Promise<void> {
    await this.#call({ method: "hang", ms }, this.#limits.callDeadlineMs, true);
  }

  async disown(ms: number): Promise<void> {
    if (this.#ending === null) {
      this.#isDisowned = true;
      this.#end("unresponsive", this.#error(`it was disowned, and works on for ${ms} ms`));
      void this.#outlive(ms);
    }
    await this.#down.promise;
  }

  async inject(fault: InjectedFault): Promise<void> {
    this.#demandInjection(fault.id);
    await this.#call({ method: "inject", fault }, this.#limits.callDeadlineMs, true);
  }

  async heal(id: string): Promise<void> {
    this.#demandInjection(id);
    await this.#call({ method: "heal", id }, this.#limits.callDeadlineMs, true);
  }

  /** Ends what was given up and may live on, since nobody will look at it again. */
  abandon(): void {
    if (this.#ending === null) return;
    this.#abandoned.abort();
    this.#host.abandon();
  }

  #demandInjection(fault: string): void {
    if (this.#faultInjection) return;
    throw new Error(
      `Cannot inject the fault "${fault}" into "${this.id}": its log was opened without fault ` +
        `injection; start the floor with { faultInjection: true }`,
    );
  }

  async #outlive(ms: number): Promise<void> {
    await this.#runtime.clock.sleep(ms, this.#abandoned.signal);
    this.#host.kill();
  }

  async #call(
    request: ControlRequest,
    deadlineMs = this.#limits.callDeadlineMs,
    supervising = false,
  ): Promise<unknown> {
    if (this.#ending !== null) {
      const { id: to, incarnation } = this;
      this.#runtime.deadLetters.add({
        to,
        incarnation,
        what: request.method,
        why: `the actor is down (${this.#ending.reason})`,
      });
    }
    const begin = async () => {
      // A start takes its time; the call's deadline counts meanwhile.
      await this.#ready.promise;
      return await this.#host.call(request);
    };
    const answer = await this.#calls.run({ what: request.method, deadlineMs, begin, supervising });
    if (answer.ok) return answer.value;
    throw new RemoteError(answer.error);
  }

  #signalled(signal: HostSignal): void {
    switch (signal.kind) {
      case "ready":
        return this.#becameReady();
      case "tell":
        return this.#told(signal.event);
      case "ran":
        return this.#end(signal.error === null ? "stopped" : "crashed", signal.error);
      case "failed":
        return this.#end("crashed", signal.error);
      case "gone":
        this.#isGone = true;
        this.#gone.resolve();
        if (this.#ending === null) void this.#awaitLastWords();
    }
  }

  /** What one that was disowned goes through is not its successor's story; which faults took effect is. */
  #told(event: RuntimeEventBody): void {
    if (!this.#isDisowned || event.kind === "fault") this.#tell(event);
  }

  #becameReady(): void {
    if (this.#ending !== null || this.#isReady) return;
    this.#isReady = true;
    this.#tell({ kind: "ready", afterMs: this.#runtime.clock.now() - this.#startedAt });
    this.#ready.resolve();
    void this.#watchLiveness();
  }

  async #watchStart(): Promise<void> {
    const { startTimeoutMs } = this.#limits;
    const settled = this.#ready.promise.catch(() => {}); // Down before ready: told by `down`.
    if (await resolvesWithin(this.#runtime.clock, startTimeoutMs, settled)) return;
    this.#end("start-timeout", this.#error(`it was not ready within ${startTimeoutMs} ms`));
  }

  async #watchLiveness(): Promise<void> {
    const { signal } = this.#alive;
    const { clock } = this.#runtime;
    if (await answersUntil(signal, { ping: (ms) => this.ping(ms), clock, limits: this.#limits })) {
      return;
    }
    const { unresponsiveAfterMs } = this.#limits;
    this.#end("unresponsive", this.#error(`no ping was answered for ${unresponsiveAfterMs} ms`));
  }

  async #askToStop(deadlineMs: number): Promise<void> {
    try {
      await this.#call({ method: "stop" }, deadlineMs, true);
    } catch (error) {
      // Down is what was wanted, and the deadline is the caller's to act on.
      if (error instanceof ActorCallError) return;
      this.#end("crashed", toPlainError(error));
    }
  }

  async #awaitLastWords(): Promise<void> {
    await resolvesWithin(this.#runtime.clock, LAST_WORDS_MS, this.#down.promise);
    this.#end("exited", this.#error("its thread ended without a word"));
  }

  #end(reason: DownReason, error: PlainError | null): void {
    if (this.#ending !== null) return;
    this.#ending = { reason, error };
    this.#alive.abort();
    if (!this.#isDisowned) this.#host.kill();
    const why = error === null ? reason : `${reason}: ${error.message}`;
    this.#calls.end(why);
    this.#ready.reject(new ActorCallError("actor-down", `Cannot start "${this.id}": ${why}`));
    if (reason !== "stopped") this.#tell({ kind: "failure", reason, error: why });
    void this.#watchEnd(reason, error);
  }

  async #watchEnd(reason: DownReason, error: PlainError | null): Promise<void> {
    const { clock, zombies } = this.#runtime;
    const { confirmMs, zombieAfterMs } = this.#limits;
    await resolvesWithin(clock, confirmMs, this.#gone.promise);
    this.#tell({ kind: "down", reason, confirmed: this.#isGone });
    // Unconfirmed is no reason to wait: what two incarnations send is the same, so one may follow.
    this.#down.resolve({ reason, error, confirmed: this.#isGone });
    const rest = Math.max(0, zombieAfterMs - confirmMs);
    if (!this.#isGone && !await resolvesWithin(clock, rest, this.#gone.promise)) {
      const name = `${this.id}:${this.incarnation}`;
      zombies.add(name);
      this.#tell({ kind: "zombie", alive: zombies.alive, maxZombies: zombies.maxZombies });
      await this.#gone.promise;
      zombies.end(name);
      this.#tell({ kind: "zombie-ended", alive: zombies.alive });
    }
    this.#host.release();
    this.#ended.resolve();
  }

  #error(state: string): PlainError {
    const message = `Cannot keep "${this.id}" running: ${state}`;
    return { name: "ActorError", message, code: null, stack: null, retriable: true };
  }

  #tell(event: RuntimeEventBody): void {
    this.#runtime.events.append({ actor: this.id, incarnation: this.incarnation }, event);
  }
}
